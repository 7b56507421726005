import type { LockAnswer, LockHolder } from '../../src/core/model/lock-answer.ts';
import { plain } from '../../src/core/model/phrase.ts';
import type { Action } from '../../src/core/model/plan.ts';
import { caughtUp, same } from '../../src/core/model/position.ts';
import { phraseOf, ReplicationError } from '../../src/core/model/replication-error.ts';
import type {
  ActionCircumstances,
  ActionOutcome,
  Clock,
  Commander,
  LockReader,
} from '../../src/core/ports.ts';
import { performOn, positionOf, type Outcome } from './actions.ts';
import { call } from './call.ts';
import type { SimProcess } from './process.ts';
import type { SimServer, SimSession, Surroundings } from './server.ts';

const connectTimeoutMs = 1_000;
const lockMs = 2_000;
const pauseMs = 20;

export interface Commanding {
  readonly process: SimProcess;
  readonly world: Surroundings;
  readonly clock: Clock;
  /** Every server gives its lock to everybody: a guard that a test switched off. */
  readonly lockless: boolean;
  /** Told right before an action takes effect. */
  readonly before: (action: Action, server: SimServer, process: SimProcess) => void;
}

/** Performs actions on simulated servers, on one session with each, as the real one does. */
export class SimCommander implements Commander {
  readonly #of: Commanding;
  readonly #sessions = new Map<string, SimSession>();
  readonly #locked = new Set<string>();

  constructor(of: Commanding) {
    this.#of = of;
  }

  async prepare(address: string, signal: AbortSignal): Promise<void> {
    await this.#session(address, signal);
  }

  async lock(address: string, _: unknown, signal: AbortSignal): Promise<LockAnswer> {
    try {
      const session = await this.#session(address, signal);
      const server = this.#server(address);
      const answer = await this.#say(server, lockMs, signal, (): LockAnswer => {
        const isFree = server.lock === undefined || server.lock === session;
        if (session.closed) throw new ReplicationError('connection-lost', `${address} hung up.`);
        if (!isFree && !this.#of.lockless) {
          const by = plain(`session ${String(server.lock?.id)}`);
          return { kind: 'taken', by, end: null };
        }
        server.lock ??= session;
        return { kind: 'held' };
      });
      if (answer.kind === 'held') this.#locked.add(address);
      return answer;
    } catch (error) {
      return { kind: 'silent', says: phraseOf(error) };
    }
  }

  async holdsLock(address: string): Promise<boolean> {
    const session = this.#sessions.get(address);
    if (session === undefined || session.closed || !this.#locked.has(address)) return false;
    const server = this.#server(address);
    const holds = (): boolean => !session.closed && (this.#of.lockless || server.lock === session);
    return this.#say(server, lockMs, undefined, holds).catch(() => false);
  }

  async perform(
    address: string,
    action: Action,
    circumstances: ActionCircumstances,
    signal: AbortSignal,
  ): Promise<ActionOutcome> {
    const { clock } = this.#of;
    if (circumstances.takesBack === true) await this.#lockAgain(address, signal);
    const session = await this.#session(address, signal);
    const server = this.#server(address);
    const endsAt = clock.monotonic() + circumstances.deadlineMs;
    for (;;) {
      signal.throwIfAborted();
      const leftMs = Math.max(1, endsAt - clock.monotonic());
      const outcome = await this.#say(server, leftMs, undefined, () =>
        this.#effect(server, session, action, circumstances),
      );
      if (outcome.kind === 'done') {
        return outcome.position === undefined
          ? { note: null }
          : { note: null, position: outcome.position };
      }
      if (clock.monotonic() >= endsAt) {
        server.closing = false;
        throw new ReplicationError('deadline', `${address}: ${action.do} took too long.`);
      }
      await clock.sleep(pauseMs, signal);
    }
  }

  close(): void {
    for (const [address, session] of this.#sessions) this.#server(address).closeSession(session);
    this.#sessions.clear();
    this.#locked.clear();
  }

  #effect(
    server: SimServer,
    session: SimSession,
    action: Action,
    { marks }: ActionCircumstances,
  ): Outcome {
    if (session.closed) {
      throw new ReplicationError('connection-lost', `${server.key} closed the connection.`);
    }
    session.heardAt = server.world.time.now;
    if (action.do === 'mark-position') {
      return { kind: 'done', position: positionOf(server, action.reads) };
    }
    if (action.do === 'check-unmoved' || action.do === 'wait-for-mark') {
      return compared(server, action, marks);
    }
    this.#of.before(action, server, this.#of.process);
    return performOn(server, action);
  }

  async #lockAgain(address: string, signal: AbortSignal): Promise<void> {
    if (this.#locked.has(address) && this.#sessions.get(address)?.closed !== false) {
      this.#locked.delete(address);
      const answer = await this.lock(address, undefined, signal);
      if (answer.kind === 'taken') {
        throw new ReplicationError('refused-by-check', `Somebody else changes ${address} now.`);
      }
    }
  }

  async #session(address: string, signal: AbortSignal): Promise<SimSession> {
    const kept = this.#sessions.get(address);
    if (kept !== undefined && !kept.closed) return kept;
    if (this.#locked.has(address)) {
      throw new ReplicationError('refused-by-check', `The lock on ${address} was lost.`);
    }
    const server = this.#server(address);
    const session = await this.#say(server, connectTimeoutMs, signal, () =>
      server.openSession(this.#of.process, () => undefined),
    );
    this.#sessions.set(address, session);
    return session;
  }

  #say<T>(
    server: SimServer,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    work: () => T,
  ): Promise<T> {
    const options = { timeoutMs, late: 'hung' } as const;
    return call(
      this.#of.process,
      server,
      signal === undefined ? options : { ...options, signal },
      work,
    );
  }

  #server(address: string): SimServer {
    const server = this.#of.world.serverAt(address);
    if (server === undefined) throw new ReplicationError('unknown-host', `${address} is unknown.`);
    return server;
  }
}

function compared(
  server: SimServer,
  action: Extract<Action, { do: 'check-unmoved' | 'wait-for-mark' }>,
  marks: ActionCircumstances['marks'],
): Outcome {
  const mark = marks.get(action.mark);
  if (mark === undefined) throw new ReplicationError('refused-by-check', 'There is no such mark.');
  if (action.do === 'check-unmoved') {
    if (!same(mark, positionOf(server, action.reads))) {
      throw new ReplicationError('refused-by-check', `Somebody still writes on ${server.key}.`);
    }
    return { kind: 'done' };
  }
  if (caughtUp(positionOf(server, 'executed'), mark)) return { kind: 'done' };
  if (server.channel?.applierOn !== true) {
    throw new ReplicationError('refused-by-check', `The applier of ${server.key} stopped.`);
  }
  return { kind: 'wait' };
}

/** Who holds the recovery lock of a server. */
export function lockReaderOf({ process, world }: Commanding): LockReader {
  return {
    holderOf: async (address, signal) => {
      const server = world.serverAt(address);
      if (server === undefined) return undefined;
      const holder = (): LockHolder | null =>
        server.lock === undefined
          ? null
          : {
              session: server.lock.id,
              user: 'switchover',
              client: server.lock.process.host,
              sameForSeconds: 0,
              mayChangeReplication: true,
              runs: { kind: 'none' },
            };
      const options = { timeoutMs: lockMs, late: 'hung', signal } as const;
      return call(process, server, options, holder).catch(() => undefined);
    },
  };
}
