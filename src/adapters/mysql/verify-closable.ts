import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import {
  outrankingUsersQuery,
  tableLocksQueries,
  type TableLock,
} from '../../dialect/table-locks.ts';
import { clientsQuery, killStatement, writesForLong } from '../../dialect/writers.ts';
import { learnPowerfulUsers } from './end-writers.ts';
import type { Waiting } from './waiting.ts';

/** A statement that has been writing for so long may write for as long again, and its end takes it all back. */
const longSeconds = 2;

type Looking = Pick<Waiting, 'session' | 'server' | 'deadlineMs'>;

/**
 * Looks, before writes stop, who would hold the closing up: a client that has been writing in one statement for long, for
 * ending it would undo its work while nobody can write; and an idle one that holds a table and that we may not end. Throws
 * ReplicationError with its name and what ends it.
 */
export async function verifyClosable(waiting: Waiting, ownUser: string): Promise<Phrase> {
  await checkLongWrites(waiting, ownUser);
  const outcome = await checkTableLocks(waiting);
  await learnPowerfulUsers(waiting);
  return outcome;
}

async function checkLongWrites({ session, deadlineMs }: Looking, ownUser: string): Promise<void> {
  const { sql, parse } = clientsQuery({
    own: session.id,
    ownUser,
    idle: [],
    order: 'longest-first',
  });
  const clients = parse(await session.query(sql, deadlineMs));
  const [longest] = clients
    .filter((it) => writesForLong(it, longSeconds))
    .toSorted((a, b) => b.seconds - a.seconds);
  if (longest === undefined) return;
  const { id, user, host, seconds, statement } = longest;
  throw new ReplicationError(
    'refused-by-check',
    phrase(
      "Session {id} of '{user}' from {host} has been writing on {address} in one statement for {seconds} s: {statement}. Wait for its end, or end it with {kill}, then try again.",
      {
        id,
        user,
        host,
        address: session.address,
        seconds,
        statement,
        kill: killStatement(id),
      },
    ),
  );
}

/** One that we may end is ended as the server is closed; it is only told. */
async function checkTableLocks(waiting: Looking): Promise<Phrase> {
  const { address } = waiting.session;
  const locks = await tableLocks(waiting);
  const [first] = locks;
  if (first === undefined) {
    return phrase('No statement has been writing for more than {seconds} s.', {
      seconds: longSeconds,
    });
  }
  const outranking = await outrankingUsers(waiting);
  const held = locks.find((it) => outranking.includes(it.user));
  if (held !== undefined) {
    throw new ReplicationError(
      'refused-by-check',
      phrase(
        '{session}, which keeps {address} from being closed, and our user may not end it: its user has SYSTEM_USER. Wait for its end, or end it as an administrator with {kill}, then try again.',
        { session: described(held), address, kill: killStatement(held.id) },
      ),
    );
  }
  return phrase('{session}; it is ended when writes stop.', { session: described(first) });
}

function described({ id, user, host, table, seconds }: TableLock): Phrase {
  return phrase(
    "Session {id} of '{user}' from {host} holds {table} with LOCK TABLES and has been idle for {seconds} s",
    { id, user, host, table, seconds },
  );
}

/** Nothing where the server does not tell, or not us. */
async function tableLocks({ session, server, deadlineMs }: Looking): Promise<readonly TableLock[]> {
  for (const { sql, parse } of tableLocksQueries(server)) {
    const told = await session.query(sql, deadlineMs).then(parse, refused);
    if (told !== undefined) return told;
  }
  return [];
}

async function outrankingUsers({
  session,
  server,
  deadlineMs,
}: Looking): Promise<readonly string[]> {
  const query = outrankingUsersQuery(server);
  if (query === null) return [];
  return (await session.query(query.sql, deadlineMs).then(query.parse, refused)) ?? [];
}

/** A table that is not there or may not be read says nothing; a lost connection does. */
function refused(error: unknown): undefined {
  if (error instanceof ReplicationError && error.errno === undefined) throw error;
  return undefined;
}
