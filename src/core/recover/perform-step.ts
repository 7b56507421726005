import { phrase } from '../model/phrase.ts';
import type { Action, Step } from '../model/plan.ts';
import type { Position } from '../model/position.ts';
import { ReplicationError } from '../model/replication-error.ts';
import type { ActionOutcome } from '../ports.ts';
import type { Hands } from './hands.ts';

/** Performs one action within `deadlineMs`. Throws ReplicationError. */
export async function performAction(
  step: Pick<Step, 'on'> & {
    readonly action: Action;
    readonly deadlineMs: number;
    readonly takesBack?: boolean;
  },
  marks: ReadonlyMap<string, Position>,
  hands: Hands,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  signal.throwIfAborted();
  const { action, on, deadlineMs, takesBack = false } = step;
  if (action.do === 'look-again') {
    const objection = await hands.lookAgain(action.expect, signal);
    if (objection !== null) {
      throw new ReplicationError('refused-by-check', objection);
    }
    return { note: null };
  }
  if (action.do === 'hold-traffic') {
    hands.traffic.hold();
    return { note: null };
  }
  if (action.do === 'lead-traffic') {
    hands.traffic.leadTo(hands.addressOf(on));
    return { note: null };
  }
  const server = hands.serverOf(on);
  if (server === undefined) {
    throw new ReplicationError(
      'unreachable',
      phrase('{instance} never answered, so nothing can be said to it.', { instance: on }),
    );
  }
  return hands.commander.perform(
    hands.addressOf(on),
    action,
    { server, marks, deadlineMs, takesBack },
    signal,
  );
}
