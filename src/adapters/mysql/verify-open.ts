import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import {
  barriersQuery,
  globalLocksQuery,
  waitingWritersQuery,
  type LockingSession,
} from '../../dialect/open-for-writes.ts';
import type { Waiting } from './waiting.ts';

/**
 * Looks whether anything but read_only keeps applications from writing: variables, and locks on the whole server as a
 * backup takes them. Says what could be read. Throws ReplicationError with the name of what keeps them out.
 */
export async function verifyOpen(
  { session, server, deadlineMs }: Waiting,
  before: boolean,
): Promise<Phrase> {
  const { address } = session;
  const barriers = barriersQuery.parse(await session.query(barriersQuery.sql, deadlineMs));
  if (barriers.length > 0 && !before) {
    throw keptOut(address, phrase('{list} is ON', { list: barriers.join(', ') }));
  }
  const waits = waitingWritersQuery;
  const waiting = waits.parse(await session.query(waits.sql, deadlineMs));
  const locks = globalLocksQuery(server);
  const holders = await session.query(locks.sql, deadlineMs).then(locks.parse, () => undefined);
  const [holder] = holders ?? [];
  if (holder !== undefined) {
    throw keptOut(address, heldBy(holder));
  }
  if (waiting > 0) {
    throw keptOut(
      address,
      phrase('{count} sessions wait for a lock on the whole server, such as a backup takes', {
        count: waiting,
      }),
    );
  }
  return holders === undefined
    ? phrase('No variable keeps writes out, and no session waits for a lock on the whole server.')
    : phrase('No variable and no lock on the whole server keeps writes out.');
}

function keptOut(address: string, because: Phrase): ReplicationError {
  return new ReplicationError(
    'refused-by-check',
    phrase('Writes are kept out of {address}: {because}.', { address, because }),
  );
}

function heldBy({ id, user, host, seconds, lock }: LockingSession): Phrase {
  return phrase(
    "session {id} of '{user}' from {host} holds {lock} for {seconds} s; end it with {statement}",
    { id, user, host, lock, seconds, statement: `KILL CONNECTION ${String(id)}` },
  );
}
