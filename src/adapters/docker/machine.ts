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
/** How long a name that did not resolve is believed not to, in milliseconds. */
const believedMs = 10_000;
/** How long a packet into a network of this machine may take, in milliseconds. */
const reachMs = 300;

/** A name that once resolved is the machine's own for good: a network that fails must not lead it to somebody else. */
export function thisMachine(): Machine {
  const answers = new Map<string, { resolves: boolean; at: number }>();
  const running = new Map<string, Promise<boolean>>();
  const ask = (host: string): Promise<boolean> => {
    const asked =
      running.get(host) ??
      lookup(host)
        .then(
          () => true,
          () => false,
        )
        .then((resolves) => {
          answers.set(host, { resolves, at: performance.now() });
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
        return Promise.race([ask(host), after(lookupMs)]);
      }
      if (!known.resolves && performance.now() - known.at > believedMs) {
        void ask(host);
      }
      return known.resolves;
    },
    reaches,
    owns: (address) =>
      Object.values(networkInterfaces()).some((all) => all?.some((it) => it.address === address)),
  };
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
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: reachMs });
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
