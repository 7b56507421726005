import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { phraseOf, ReplicationError } from '../../core/model/replication-error.ts';
import type { ScheduledEvent } from '../../core/model/scheduled-events.ts';
import {
  canSpell,
  noSuchEvent,
  plainCharset,
  spellEnableEvents,
  type SpelledEvent,
} from '../../dialect/scheduled-events.ts';
import { runBounded } from './bounded-statement.ts';
import type { SecondWay } from './second-session.ts';
import type { Session } from './session.ts';

/** Each on its own: one that cannot be enabled does not keep the others asleep. Throws ReplicationError that names one. */
export async function enableEvents(
  session: Session,
  events: readonly ScheduledEvent[],
  deadlineMs: number,
  second: SecondWay,
): Promise<Phrase> {
  const failures: Phrase[] = [];
  for (const spelled of spellEnableEvents(events)) {
    const failure = await enable(session, spelled, deadlineMs, second);
    failures.push(...(failure === null ? [] : [failure]));
  }
  if (!session.closed) {
    await session.query(plainCharset, deadlineMs);
  }
  const [first] = failures;
  if (first !== undefined) {
    throw new ReplicationError(
      'statement-failed',
      phrase('{failed} of {count} events could not be enabled: {because}', {
        failed: failures.length,
        count: events.length,
        because: first,
      }),
    );
  }
  return events.length === 1
    ? phrase('1 event enabled.')
    : phrase('{count} events enabled.', { count: events.length });
}

/** Why it could not be enabled; null when it is. */
async function enable(
  session: Session,
  { event, statements }: SpelledEvent,
  deadlineMs: number,
  second: SecondWay,
): Promise<Phrase | null> {
  const name = `${event.schema}.${event.name}`;
  if (!canSpell(event)) {
    return phrase('The name of {event} cannot be written in its character set {charset}.', {
      event: name,
      charset: event.charset,
    });
  }
  try {
    for (const sql of statements) {
      await runBounded(session, sql, deadlineMs, second);
    }
    return null;
  } catch (error) {
    const isGone = error instanceof ReplicationError && error.errno === noSuchEvent;
    return isGone ? null : phrase('{event}: {because}', { event: name, because: phraseOf(error) });
  }
}
