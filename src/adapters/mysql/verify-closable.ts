import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { clientsQuery, killStatement, writesForLong } from '../../dialect/writers.ts';
import type { Waiting } from './waiting.ts';

/** A statement that has been writing for so long may write for as long again, and its end takes it all back. */
const longSeconds = 2;

/**
 * Looks, before writes stop, whether a client has been writing in one statement for long: closing would wait for it, and
 * ending it would undo its work while nobody can write. Throws ReplicationError with its name and what ends it.
 */
export async function verifyClosable(
  { session, deadlineMs }: Pick<Waiting, 'session' | 'deadlineMs'>,
  ownUser: string,
): Promise<Phrase> {
  const { sql, parse } = clientsQuery({ own: session.id, ownUser, idle: [] });
  const clients = parse(await session.query(sql, deadlineMs));
  const [longest] = clients
    .filter((it) => writesForLong(it, longSeconds))
    .toSorted((a, b) => b.seconds - a.seconds);
  if (longest === undefined) {
    return phrase('No statement has been writing for more than {seconds} s.', {
      seconds: longSeconds,
    });
  }
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
