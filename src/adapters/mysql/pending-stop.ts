import { phrase, type Phrase } from '../../core/model/phrase.ts';
import type { Action } from '../../core/model/plan.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { ActionCircumstances } from '../../core/ports.ts';
import { lockHolderQuery, takeLockQuery } from '../../dialect/advisory-lock.ts';
import type { SecondWay } from './second-session.ts';
import { connect } from './connect.ts';
import type { Session } from './session.ts';

/** How long a START is waited for that stands behind a STOP, in milliseconds. */
const startMs = 1_000;

const stopping: ReadonlySet<Action['do']> = new Set<Action['do']>([
  'stop-receiver',
  'stop-replication',
  'set-delay',
]);

const starting: ReadonlySet<Action['do']> = new Set<Action['do']>([
  'start-applier',
  'start-receiver',
  'start-replication',
]);

/** Whether it begins with a STOP, which waits for the transaction that is being applied. */
export function mayHang({ do: what }: Action): boolean {
  return stopping.has(what);
}

export function isLate(error: unknown): error is ReplicationError {
  return error instanceof ReplicationError && error.code === 'deadline';
}

/** Whether an action is done by a START: where a delay hangs in its STOP, nothing was changed yet. */
export function endsStop(
  { do: what }: Action,
  { takesBack }: Pick<ActionCircumstances, 'takesBack'>,
): boolean {
  return starting.has(what) || (what === 'set-delay' && takesBack === true);
}

/**
 * What a STOP that ran out of time means: the server has told its threads to stop and cannot be talked out of it. Its
 * session lives on, killed or not, until they have stopped.
 */
export function stopsLater(error: ReplicationError): ReplicationError {
  return new ReplicationError(
    'deadline',
    phrase('{because} It stops once the transaction that it applies has ended.', {
      because: error.says,
    }),
    { cause: error },
  );
}

/**
 * Runs the last of `statements`, a START of threads that an abandoned STOP is about to stop. The server runs the START right behind the STOP, also when our
 * session is gone, so it is not waited for to the end. Null: they run already.
 */
export async function startBehind(
  address: string,
  statements: readonly string[],
  { login, connectTimeoutMs }: SecondWay,
  signal: AbortSignal,
): Promise<Phrase | null> {
  const session = await connect(address, login, connectTimeoutMs, signal);
  try {
    await session.query(statements.at(-1) ?? '', startMs);
    return null;
  } catch (error) {
    if (!(error instanceof ReplicationError) || error.code !== 'hung') throw error;
    return phrase('{address} starts it again once the transaction that it applies has ended.', {
      address,
    });
  } finally {
    session.hangUp();
  }
}

/** Whether the lock is still that of our own session that hangs, or can be taken in its place. */
export async function holdsInPlaceOf(
  stuck: number,
  session: Session,
  timeoutMs: number,
): Promise<boolean> {
  const holder = lockHolderQuery.parse(await session.query(lockHolderQuery.sql, timeoutMs));
  if (holder !== null) return holder === stuck || holder === session.id;
  return takeLockQuery.parse(await session.query(takeLockQuery.sql, timeoutMs));
}
