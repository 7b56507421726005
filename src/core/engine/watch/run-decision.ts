import type { RunResult } from '../../backend.ts';
import type { Finding } from '../../model/finding.ts';
import { inEnglish, phrase } from '../../model/phrase.ts';
import type { Decision } from '../../model/plan.ts';
import type { WatchContext } from './watch-context.ts';
import { toldOf } from './standing.ts';

/** What was to be answered is no longer so. */
export const gone: Decision = {
  kind: 'hold',
  refusal: { because: [phrase('The finding is gone.')], instead: [], checks: [] },
};

/** Why something is done without a person. */
export interface Cause {
  /** The code of a finding, or `Interrupted`. */
  readonly trigger: string;
  /** What it answers; undefined where no finding says so. */
  readonly finding: Finding | undefined;
}

/**
 * Plans and runs; a refusal is told in the log, and in the journal where a finding is answered. `decide`: on a picture of
 * its own; asked again under the lock.
 */
export async function runDecision(
  ports: Pick<WatchContext, 'run' | 'log' | 'detected'>,
  { trigger, finding }: Cause,
  decide: () => Promise<Decision>,
  signal: AbortSignal,
): Promise<RunResult> {
  let newest = await decide();
  const again = async (): Promise<Decision> => {
    newest = await decide();
    return newest;
  };
  const result: RunResult =
    newest.kind === 'act'
      ? await ports.run({ plan: newest.plan, trigger, again }, signal)
      : { kind: 'refused', because: newest.refusal.because, instead: [] };
  if (result.kind === 'refused') {
    const { because } = result;
    ports.log('warn', `Held: ${because.map(inEnglish).join(' ')}`);
    if (finding !== undefined && newest !== gone) {
      ports.detected({ ...toldOf(finding), decision: 'held', because, recovery: null });
    }
  }
  return result;
}
