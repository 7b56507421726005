import { phrase } from '../model/phrase.ts';
import type { Action, Step } from '../model/plan.ts';
import type { Position } from '../model/position.ts';
import { ReplicationError } from '../model/replication-error.ts';
import type { ActionOutcome } from '../ports.ts';
import type { RunPorts } from './run-ports.ts';

/** Performs one action within `deadlineMs`. Throws ReplicationError. */
export async function performAction(
  step: Pick<Step, 'on'> & {
    readonly action: Action;
    readonly deadlineMs: number;
    readonly takesBack?: boolean;
  },
  marks: ReadonlyMap<string, Position>,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  signal.throwIfAborted();
  const { action, on, deadlineMs, takesBack = false } = step;
  if (action.do === 'look-again') {
    const objection = await ports.lookAgain(action.expect, signal);
    if (objection !== null) {
      throw new ReplicationError('refused-by-check', objection);
    }
    return { note: null };
  }
  if (action.do === 'hold-traffic') {
    await ports.traffic.hold(deadlineMs);
    return { note: null };
  }
  if (action.do === 'lead-traffic') {
    await ports.traffic.pointAt(on, deadlineMs);
    return { note: null };
  }
  const server = ports.serverOf(on);
  if (server === undefined) {
    throw new ReplicationError(
      'unreachable',
      phrase('{instance} never answered, so nothing can be said to it.', { instance: on }),
    );
  }
  return ports.commander.perform(
    ports.addressOf(on),
    action,
    { server, marks, deadlineMs, takesBack },
    signal,
  );
}
