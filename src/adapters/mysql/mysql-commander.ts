import {
  isAccountAction,
  isOwnAction,
  type AccountAction,
  type Action,
} from '../../core/model/plan.ts';
import type { LockAnswer, LockTerms } from '../../core/model/lock-answer.ts';
import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { phraseOf, ReplicationError } from '../../core/model/replication-error.ts';
import type { ActionCircumstances, ActionOutcome, Clock, Commander } from '../../core/ports.ts';
import { endWhenIdle, holdsLockQuery, takeLockQuery } from '../../dialect/advisory-lock.ts';
import { spellReadOnly } from '../../dialect/read-only.ts';
import {
  needsSecrets,
  spell,
  type Secrets,
  type StatementAction,
} from '../../dialect/statements.ts';
import { runBounded } from './bounded-statement.ts';
import { closeToWrites } from './close-to-writes.ts';
import { connect, type Login } from './connect.ts';
import type { Session } from './session.ts';
import { enableEvents } from './enable-events.ts';
import { endSession } from './end-session.ts';
import { endWriters } from './end-writers.ts';
import { replicationErrorOf } from './error-codes.ts';
import { keepSessionAlive } from './keep-alive.ts';
import { isLook, lookedAt } from './look-at.ts';
import { makeAccount } from './make-account.ts';
import { markOf, readPosition } from './marks.ts';
import { nativeHash } from './native-hash.ts';
import { checkReceiving } from './check-receiving.ts';
import {
  endsStop,
  holdsInPlaceOf,
  isLate,
  mayHang,
  startBehind,
  stopsLater,
} from './pending-stop.ts';
import { takeFromHolder } from './take-from-holder.ts';
import { verifyAccount } from './verify-account.ts';
import { checkUnmoved, type Waiting, waitForPosition } from './waiting.ts';

/** A server ends a session that says nothing for so long; ours says something far more often. */
const idleMs = 10_000;
const lockMs = 2_000;

export interface CommanderOptions {
  readonly login: Login;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  readonly replication: {
    readonly user: string | undefined;
    readonly password: () => Promise<string | undefined>;
  };
  /** Of an account that is to be made; absent where none is. */
  readonly newPassword?: string | undefined;
}

/** Performs actions over one session for each address, kept for the length of a plan. */
export class MysqlCommander implements Commander {
  readonly #options: CommanderOptions;
  readonly #sessions = new Map<string, Session>();
  /** How to stop keeping each locked session alive. */
  readonly #locked = new Map<string, () => void>();
  /** Sessions that hang in a STOP that ran out of time, by address. They hold what they held, such as our lock. */
  readonly #stuck = new Map<string, number>();
  /** Of the newest lock that was taken. */
  #terms: LockTerms = { heldSeconds: () => 0, mayEnd: () => false };

  constructor(options: CommanderOptions) {
    this.#options = options;
  }

  async prepare(address: string, signal: AbortSignal): Promise<void> {
    await this.#session(address, signal);
  }

  async lock(address: string, terms: LockTerms, signal: AbortSignal): Promise<LockAnswer> {
    try {
      const session = await this.#session(address, signal);
      await session.query(endWhenIdle(idleMs / 1000), lockMs);
      const answer = takeLockQuery.parse(await session.query(takeLockQuery.sql, lockMs))
        ? ({ kind: 'held' } as const)
        : await takeFromHolder(session, terms, this.#options);
      if (answer.kind === 'held') {
        this.#locked.set(address, keepSessionAlive(session));
        this.#terms = terms;
      }
      return answer;
    } catch (error) {
      return { kind: 'silent', says: phraseOf(replicationErrorOf(error, address)) };
    }
  }

  async holdsLock(address: string): Promise<boolean> {
    const stuck = this.#stuck.get(address);
    if (stuck !== undefined && this.#locked.has(address)) {
      return this.#holdsInPlaceOf(stuck, address).catch(() => false);
    }
    const session = this.#sessions.get(address);
    if (session === undefined || session.closed || !this.#locked.has(address)) {
      return false;
    }
    const { sql, parse } = holdsLockQuery;
    return session.query(sql, lockMs).then(parse, () => false);
  }

  async perform(
    address: string,
    action: Action,
    circumstances: ActionCircumstances,
    signal: AbortSignal,
  ): Promise<ActionOutcome> {
    try {
      if (circumstances.takesBack === true) {
        await this.#lockAgain(address, signal);
      }
      const session = await this.#session(address, signal);
      return await this.#performIn(session, action, circumstances, signal);
    } catch (error) {
      throw replicationErrorOf(error, address);
    }
  }

  close(): void {
    this.#sessions.forEach((it) => {
      it.hangUp();
    });
    this.#sessions.clear();
    this.#locked.forEach((stop) => {
      stop();
    });
    this.#locked.clear();
  }

  async #holdsInPlaceOf(stuck: number, address: string): Promise<boolean> {
    const session = await this.#session(address, AbortSignal.timeout(lockMs));
    return holdsInPlaceOf(stuck, session, lockMs);
  }

  /** Where the connection was lost, the lock went with it: it is taken again, unless somebody else took it meanwhile. */
  async #lockAgain(address: string, signal: AbortSignal): Promise<void> {
    const isStuck = this.#stuck.has(address);
    if (this.#locked.has(address) && !isStuck && this.#sessions.get(address)?.closed !== false) {
      this.#locked.get(address)?.();
      this.#locked.delete(address);
      const answer = await this.lock(address, this.#terms, signal);
      if (answer.kind === 'taken') {
        throw new ReplicationError(
          'refused-by-check',
          phrase('{holder} changes {instance} now.', { holder: answer.by, instance: address }),
        );
      }
    }
  }

  async #session(address: string, signal: AbortSignal): Promise<Session> {
    const kept = this.#sessions.get(address);
    if (kept !== undefined && !kept.closed) {
      return kept;
    }
    if (this.#locked.has(address) && !this.#stuck.has(address)) {
      throw new ReplicationError(
        'refused-by-check',
        phrase(
          'The lock on {address} was lost with its connection: somebody else may act there now.',
          {
            address,
          },
        ),
      );
    }
    const { login, connectTimeoutMs } = this.#options;
    const session = await connect(address, login, connectTimeoutMs, signal);
    this.#sessions.set(address, session);
    return session;
  }

  async #performIn(
    session: Session,
    action: Action,
    circumstances: ActionCircumstances,
    signal: AbortSignal,
  ): Promise<ActionOutcome> {
    if (isOwnAction(action)) {
      throw new Error(`${action.do} is no action on a server.`);
    }
    const { server, marks, deadlineMs } = circumstances;
    const waiting = { session, server, clock: this.#options.clock, deadlineMs, signal };
    if (isAccountAction(action)) {
      return { note: await this.#account(action, waiting) };
    }
    if (isLook(action)) {
      return { note: await lookedAt(action, waiting, this.#options.login.user) };
    }
    switch (action.do) {
      case 'end-session':
        return { note: await endSession(action, waiting) };
      case 'end-writers':
        return { note: await endWriters(waiting, this.#options.login.user, action) };
      case 'mark-position': {
        const position = await readPosition(session, server, action.reads, deadlineMs);
        return { note: null, position };
      }
      case 'check-unmoved':
        checkUnmoved(
          markOf(marks, action.mark),
          await readPosition(session, server, action.reads, deadlineMs),
          session.address,
        );
        return { note: null };
      case 'wait-for-mark':
        await waitForPosition(markOf(marks, action.mark), waiting);
        return { note: null };
      case 'enable-events':
        return { note: await enableEvents(session, action.events, deadlineMs, this.#options) };
      default:
        return this.#runStatements(session, action, circumstances, signal);
    }
  }

  #account(action: AccountAction, waiting: Waiting): Promise<Phrase | null> {
    const { newPassword: password, login, connectTimeoutMs } = this.#options;
    return action.do === 'create-user'
      ? makeAccount(action, { ...waiting, password, second: this.#options })
      : verifyAccount(action.user, { ...waiting, password, login, connectTimeoutMs });
  }

  async #runStatements(
    session: Session,
    action: StatementAction,
    circumstances: ActionCircumstances,
    signal: AbortSignal,
  ): Promise<ActionOutcome> {
    const { server, marks, deadlineMs } = circumstances;
    if (action.do === 'set-read-only') {
      const sql = spellReadOnly(server);
      return { note: await closeToWrites(session, sql, deadlineMs, this.#options) };
    }
    const statements = spell(action, server, await this.#secrets(action), marks);
    if (this.#stuck.has(session.address) && endsStop(action, circumstances)) {
      return { note: await startBehind(session.address, statements, this.#options, signal) };
    }
    if (action.do === 'set-delay') {
      await checkReceiving(session, server, deadlineMs);
    }
    const [first = '', ...others] = statements;
    await this.#beginWith(first, statements, { session, action, deadlineMs, signal });
    for (const sql of others) await runBounded(session, sql, deadlineMs, this.#options);
    return { note: null };
  }

  /** Runs the first statement of an action. A STOP that runs out of time cannot be ended: it is noted, and answered. */
  async #beginWith(
    sql: string,
    all: readonly string[],
    how: {
      readonly session: Session;
      readonly action: StatementAction;
      readonly deadlineMs: number;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const { session, action, deadlineMs, signal } = how;
    try {
      await runBounded(session, sql, deadlineMs, this.#options);
    } catch (error) {
      if (!isLate(error) || !mayHang(action)) throw error;
      this.#stuck.set(session.address, session.id);
      if (action.do !== 'set-delay') throw stopsLater(error);
      const note = await startBehind(session.address, all, this.#options, signal);
      throw note === null ? error : new ReplicationError('deadline', note, { cause: error });
    }
  }

  async #secrets(action: StatementAction): Promise<Secrets | null> {
    const { user, password } = this.#options.replication;
    if (!needsSecrets(action) || user === undefined) {
      return null;
    }
    const known = await password();
    return known === undefined ? null : { user, password: known, passwordHash: nativeHash(known) };
  }
}
