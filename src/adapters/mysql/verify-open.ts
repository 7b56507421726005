import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { barriersQuery, waitingWritersQuery } from '../../dialect/open-for-writes.ts';
import { describeLock, serverLocks } from './server-locks.ts';
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
  const locks = await serverLocks(session, server, deadlineMs);
  const holder = locks?.find(
    ({ keepsOut }) => keepsOut === 'writes' || (before && keepsOut === 'promotion'),
  );
  if (holder !== undefined) {
    throw keptOut(address, describeLock(holder));
  }
  if (waiting > 0) {
    throw keptOut(
      address,
      phrase('{count} sessions wait for a lock on the whole server, such as a backup takes', {
        count: waiting,
      }),
    );
  }
  const [ddl] = locks ?? [];
  return ddl !== undefined
    ? phrase('Nothing keeps writes out, but DDL has to wait: {because}.', {
        because: describeLock(ddl),
      })
    : locks === undefined
      ? phrase('No variable keeps writes out, and no session waits for a lock on the whole server.')
      : phrase('No variable and no lock on the whole server keeps writes out.');
}

function keptOut(address: string, because: Phrase): ReplicationError {
  return new ReplicationError(
    'refused-by-check',
    phrase('Writes are kept out of {address}: {because}.', { address, because }),
  );
}
