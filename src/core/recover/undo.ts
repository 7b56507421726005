import { phrase, type Phrase } from '../model/phrase.ts';
import type { Step } from '../model/plan.ts';
import type { Position } from '../model/position.ts';
import { phraseOf } from '../model/replication-error.ts';
import type { RunPorts } from './run-ports.ts';
import { performAction } from './perform-step.ts';

export interface Undone {
  /** Steps that were taken back, by id, with what was found. */
  readonly taken: readonly { readonly id: string; readonly note: Phrase | null }[];
  /** One sentence each: what could not be taken back. */
  readonly problems: readonly Phrase[];
  /** The rest was left as it is: another process may have acted meanwhile. */
  readonly lostControl: boolean;
}

/**
 * Takes back what was begun, last first. A failure does not stop the rest, with one exception:
 * when a new master may be open and cannot be closed, the old one is not opened beside it.
 */
export async function undoSteps(begun: readonly Step[], ports: RunPorts): Promise<Undone> {
  const taken: { id: string; note: Phrase | null }[] = [];
  const problems: Phrase[] = [];
  let mayBeOpen: string | null = null;
  for (const step of begun.toReversed()) {
    if (step.undo === null) {
      continue;
    }
    if (step.undo.action.do === 'set-writable' && mayBeOpen !== null) {
      problems.push(
        phrase('{instance} stays read-only, because {other} may be open for writes.', {
          instance: step.on,
          other: mayBeOpen,
        }),
      );
      continue;
    }
    const lost = await ports.control.lost();
    if (lost !== null) {
      return { taken, problems: [...problems, lost], lostControl: true };
    }
    try {
      // Its own signal: what is taken back must not be cut short by the cancellation that made it necessary.
      const { note } = await performAction(
        { on: step.on, action: step.undo.action, deadlineMs: step.deadlineMs, takesBack: true },
        new Map<string, Position>(),
        ports,
        new AbortController().signal,
      );
      taken.push({ id: step.id, note });
    } catch (error) {
      problems.push(
        phrase('Could not take back "{step}": {because}', {
          step: step.says,
          because: phraseOf(error),
        }),
      );
      mayBeOpen = step.action.do === 'set-writable' ? step.on : mayBeOpen;
    }
  }
  return { taken, problems, lostControl: false };
}
