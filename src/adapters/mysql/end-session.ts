import { phrase, type Phrase } from '../../core/model/phrase.ts';
import type { Action } from '../../core/model/plan.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { killStatement } from '../../dialect/writers.ts';
import { holderOf } from './take-from-holder.ts';
import type { Waiting } from './waiting.ts';

const pauseMs = 20;

/** Ends the session if it is the one that was shown, and waits until it has let the lock go. Throws ReplicationError. */
export async function endSession(
  { session: meant, user }: Extract<Action, { readonly do: 'end-session' }>,
  { session, clock, deadlineMs, signal }: Waiting,
): Promise<Phrase> {
  const holder = await holderOf(session);
  if (holder?.session !== meant || holder.user !== user) {
    throw new ReplicationError(
      'refused-by-check',
      phrase("Session {session} of '{user}' does not hold the recovery lock any more.", {
        session: meant,
        user,
      }),
    );
  }
  await session.query(killStatement(meant), deadlineMs);
  const until = clock.monotonic() + deadlineMs;
  while ((await holderOf(session))?.session === meant) {
    if (clock.monotonic() > until) {
      throw new ReplicationError(
        'deadline',
        phrase('Session {session} was told to end, and holds the recovery lock still.', {
          session: meant,
        }),
      );
    }
    await clock.sleep(pauseMs, signal);
  }
  return phrase('It has let the recovery lock go.');
}
