import type { ClusterState } from '../../backend.ts';
import { answerLivingMaster } from '../../decide/answer-living-master.ts';
import type { Finding } from '../../model/finding.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Decision } from '../../model/plan.ts';
import type { WatchContext } from './watch-context.ts';
import { toldOf } from './standing.ts';

/** How long the finding must be there, in milliseconds: a replica that restarts lets commits wait for a moment, too. */
const holdsForMs = 3_000;

const gone: Decision = {
  kind: 'hold',
  refusal: { because: [phrase('The finding is gone.')], instead: [], checks: [] },
};

/** Answers, round after round, a master that lives and takes no writes. */
export class LivingMaster {
  readonly #automatic: WatchContext;
  #since: { readonly code: Finding['code']; readonly at: number } | undefined;

  constructor(automatic: WatchContext) {
    this.#automatic = automatic;
  }

  /** True when a plan ran: what was seen before it is old. */
  async act(state: ClusterState, signal: AbortSignal): Promise<boolean> {
    const finding = state.findings.find(isOurs);
    const now = this.#automatic.monotonic();
    if (finding === undefined) {
      this.#since = undefined;
      return false;
    }
    this.#since =
      this.#since?.code === finding.code ? this.#since : { code: finding.code, at: now };
    return now - this.#since.at >= holdsForMs && this.#answer(finding, state, signal);
  }

  async #answer(finding: Finding, state: ClusterState, signal: AbortSignal): Promise<boolean> {
    const decision = await this.#decide(finding, state);
    if (decision === undefined) {
      return false;
    }
    if (decision.kind === 'hold') {
      this.#held(finding, decision.refusal.because);
      return false;
    }
    const again = async (): Promise<Decision> => {
      const now = await this.#automatic.look(signal);
      const still = now.findings.find((it) => it.code === finding.code);
      return still === undefined ? gone : ((await this.#decide(still, now)) ?? gone);
    };
    const order = { plan: decision.plan, trigger: finding.code, again };
    const result = await this.#automatic.run(order, signal);
    if (result.kind === 'refused') {
      this.#held(finding, result.because);
      return false;
    }
    const recovery = result.recovery.id;
    this.#automatic.detected({ ...toldOf(finding), decision: 'acted', because: [], recovery });
    return true;
  }

  async #decide(finding: Finding, { topology }: ClusterState): Promise<Decision | undefined> {
    return answerLivingMaster(finding, await this.#automatic.context(topology), {
      circumstances: this.#automatic.circumstances(),
      recoveries: this.#automatic.recoveries(),
    });
  }

  #held(finding: Finding, because: readonly Phrase[]): void {
    this.#automatic.detected({
      ...toldOf(finding),
      decision: 'held',
      because,
      recovery: null,
    });
  }
}

function isOurs({ code }: Finding): boolean {
  return code === 'MasterCannotWrite' || code === 'LockedSemiSyncMaster';
}
