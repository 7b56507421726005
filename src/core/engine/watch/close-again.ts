import type { PlanningContext } from '../../decide/planning-context.ts';
import { leftOpen, planCloseAgain } from '../../decide/plans/plan-close-again.ts';
import type { InstanceKey } from '../../model/instance.ts';
import { memberOf } from '../../model/topology.ts';
import type { WatchContext } from './watch-context.ts';
import { gone, runDecision } from './run-decision.ts';

/** After an attempt, whatever became of it, in milliseconds. */
const tryAgainMs = 30_000;

/**
 * Ends what a person's plan promised whose process is gone: replicas that it opened to administrators are closed again,
 * also where nothing else is done without a person.
 */
export class CloseAgain {
  readonly #automatic: WatchContext;
  readonly #notBefore = new Map<InstanceKey, number>();

  constructor(automatic: WatchContext) {
    this.#automatic = automatic;
  }

  async act(context: PlanningContext, signal: AbortSignal): Promise<void> {
    const { controller, storeWritable, downtimes } = this.#automatic.circumstances();
    if (context.policy.mode !== 'manage' || controller?.us !== true || !storeWritable) {
      return;
    }
    for (const { key } of leftOpen(context, () => this.#automatic.recoveries())) {
      const rests = downtimes.some((it) => it.instance === null || it.instance === key);
      if (!rests && this.#mayTry(key)) await this.#close(key, signal);
    }
  }

  async #close(key: InstanceKey, signal: AbortSignal): Promise<void> {
    await runDecision(
      this.#automatic,
      { trigger: 'Interrupted', finding: undefined },
      async () => {
        const { topology } = await this.#automatic.look(signal);
        const member = memberOf(topology, key);
        return member === undefined
          ? gone
          : planCloseAgain(
              await this.#automatic.context(topology),
              member,
              this.#automatic.recoveries(),
            );
      },
      signal,
    );
  }

  #mayTry(key: InstanceKey): boolean {
    const now = this.#automatic.monotonic();
    if (now < (this.#notBefore.get(key) ?? Number.NEGATIVE_INFINITY)) {
      return false;
    }
    this.#notBefore.set(key, now + tryAgainMs);
    return true;
  }
}
