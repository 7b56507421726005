import type { RunResult } from '../backend.ts';
import { inEnglish, phrase } from '../model/phrase.ts';
import type { Decision } from '../model/plan.ts';
import type { ClusterHands } from './cluster-hands.ts';

/** What was to be answered is no longer so. */
export const gone: Decision = {
  kind: 'hold',
  refusal: { because: [phrase('The finding is gone.')], instead: [], checks: [] },
};

/** Plans, runs, and tells in the log why not. `decide`: on a picture of its own; asked again under the lock. */
export async function runDecision(
  hands: Pick<ClusterHands, 'run' | 'log'>,
  trigger: string,
  decide: () => Promise<Decision>,
  signal: AbortSignal,
): Promise<RunResult> {
  const decision = await decide();
  const result: RunResult =
    decision.kind === 'act'
      ? await hands.run({ plan: decision.plan, trigger, again: decide }, signal)
      : { kind: 'refused', because: decision.refusal.because, instead: [] };
  if (result.kind === 'refused') {
    hands.log('warn', `Held: ${result.because.map(inEnglish).join(' ')}`);
  }
  return result;
}
