import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { splitKey } from '../../core/model/instance.ts';

/** What this machine knows by itself of names and addresses. */
export interface Machine {
  /** Whether it resolves a host name; undefined when that could not be known in time. Never rejects. */
  resolves(host: string): Promise<boolean | undefined>;
  /** Whether anybody at `host:port` takes or refuses a connection. Never rejects. */
  reaches(address: string): Promise<boolean>;
  /** Whether an address is its own. */
  owns(address: string): boolean;
}

/** How long a name is looked up before a round goes on without it, in milliseconds. */
const lookupMs = 1_000;
/** How long a name that did not resolve is believed not to, or was not told, in milliseconds. */
const believedMs = 10_000;
/** How long a packet into a network of this machine may take, in milliseconds. */
const reachMs = 300;

/** A name that once resolved is the machine's own for good: a network that fails must not lead it to somebody else. */
export function thisMachine(look: (host: string) => Promise<unknown> = lookup): Machine {
  const answers = new Map<string, { resolves: boolean | undefined; at: number }>();
  const running = new Map<string, Promise<boolean | undefined>>();
  const keep = (host: string, resolves: boolean | undefined): void => {
    answers.set(host, { resolves, at: performance.now() });
  };
  const ask = (host: string): Promise<boolean | undefined> => {
    const asked =
      running.get(host) ??
      look(host)
        .then(
          () => true,
          (error: unknown) => (isUnknownName(error) ? false : undefined),
        )
        .then((resolves) => {
          keep(host, resolves);
          running.delete(host);
          return resolves;
        });
    running.set(host, asked);
    return asked;
  };
  return {
    resolves: async (host) => {
      const known = answers.get(host);
      if (known === undefined) {
        const answer = await Promise.race([ask(host), after(lookupMs)]);
        // No later round waits again for a look-up that takes long; it goes on, and tells when it ends.
        if (answer === undefined) keep(host, undefined);
        return answer;
      }
      if (known.resolves !== true && performance.now() - known.at > believedMs) {
        void ask(host);
      }
      return known.resolves;
    },
    reaches,
    owns: (address) =>
      Object.values(networkInterfaces()).some((all) => all?.some((it) => it.address === address)),
  };
}

/** Anything else, such as a name server that is down, says nothing about the name. */
function isUnknownName(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOTFOUND';
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(undefined);
    }, ms).unref();
  });
}

function reaches(address: string): Promise<boolean> {
  const { host, port } = splitKey(address);
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: reachMs });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => {
      settle(true);
    });
    socket.on('timeout', () => {
      settle(false);
    });
    socket.on('error', (error) => {
      // A server that starts does not listen yet, but its machine answers.
      settle('code' in error && error.code === 'ECONNREFUSED');
    });
  });
}
