import type { CheckUp } from '../../core/model/check-up.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Clock, Examiner } from '../../core/ports.ts';
import { checkUpQueries, readCheckUp, type CheckUpPart } from '../../dialect/check-up-queries.ts';
import type { ProbeAnswer } from '../../dialect/probe-queries.ts';
import { connect, type Login } from './connect.ts';
import type { Session } from './session.ts';
import { replicationErrorOf } from './error-codes.ts';

export interface ExaminerOptions {
  readonly login: Login;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
  readonly clock: Clock;
  readonly replication: {
    readonly user: string | undefined;
    readonly password: () => Promise<string | undefined>;
  };
}

/** Asks the doctor's questions over a session of its own, and logs in once as the replication user. */
export function mysqlExaminer(options: ExaminerOptions): Examiner {
  return {
    examine: async ({ instance, address, server }, { users, mode }, signal) => {
      const [asked, replicationLogin] = await Promise.all([
        askAll(address, checkUpQueries(server, users), options, signal),
        tryLogin(address, options, signal),
      ]);
      return readCheckUp(server, {
        ...asked,
        instance,
        task: mode === 'observe' ? 'observe' : 'manage',
        replicationLogin,
      });
    },
  };
}

interface Asked {
  readonly answers: ReadonlyMap<CheckUpPart, ProbeAnswer>;
  readonly clockAsked: { readonly from: number; readonly to: number };
}

async function askAll(
  address: string,
  queries: ReturnType<typeof checkUpQueries>,
  { login, connectTimeoutMs, queryTimeoutMs, clock }: ExaminerOptions,
  signal: AbortSignal,
): Promise<Asked> {
  const answers = new Map<CheckUpPart, ProbeAnswer>();
  const clockAsked = { from: clock.now(), to: clock.now() };
  let session: Session | undefined;
  try {
    session = await connect(address, login, connectTimeoutMs, signal);
    for (const { part, sql, otherwise = [] } of queries) {
      clockAsked.from = clock.now();
      answers.set(part, await askInTurn(session, [sql, ...otherwise], queryTimeoutMs));
      clockAsked.to = clock.now();
    }
  } catch (error) {
    // It answered a moment ago; what it did not say now is told as not asked.
    const failed = failureOf(replicationErrorOf(error, address));
    queries.forEach(({ part }) => {
      if (!answers.has(part)) answers.set(part, failed);
    });
  } finally {
    session?.hangUp();
  }
  return { answers, clockAsked };
}

/** The next where the server refuses the one before. */
async function askInTurn(
  session: Session,
  [sql = '', ...otherwise]: readonly string[],
  timeoutMs: number,
): Promise<ProbeAnswer> {
  const answer = await askOne(session, sql, timeoutMs);
  return answer.kind === 'failed' && otherwise.length > 0
    ? askInTurn(session, otherwise, timeoutMs)
    : answer;
}

async function askOne(session: Session, sql: string, timeoutMs: number): Promise<ProbeAnswer> {
  try {
    return { kind: 'rows', rows: await session.query(sql, timeoutMs) };
  } catch (error) {
    if (error instanceof ReplicationError && error.errno !== undefined) {
      return failureOf(error);
    }
    throw error;
  }
}

function failureOf({ errno, message }: ReplicationError): ProbeAnswer & { kind: 'failed' } {
  return { kind: 'failed', errno: errno ?? null, says: message };
}

/** Only a clear word counts: a host that may not come from here says nothing about the password. */
async function tryLogin(
  address: string,
  { login, connectTimeoutMs, replication }: ExaminerOptions,
  signal: AbortSignal,
): Promise<CheckUp['replicationLogin']> {
  const { user, password } = replication;
  const known = await password().catch(() => undefined);
  if (user === undefined || known === undefined) {
    return null;
  }
  try {
    const as: Login = { ...login, user, password: () => Promise.resolve(known) };
    const session = await connect(address, as, connectTimeoutMs, signal);
    session.hangUp();
    return 'accepted';
  } catch (error) {
    return replicationErrorOf(error, address).errno === 1045 ? 'denied' : null;
  }
}
