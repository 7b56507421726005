import { isWitnessed } from '../../decide/decide-automatically.ts';
import type { PlanningContext } from '../../decide/planning-context.ts';
import { stoppedByUs } from '../../decide/receivers-we-stopped.ts';
import { planAskAgain } from '../../decide/plans/plan-ask-again.ts';
import type { Finding } from '../../model/finding.ts';
import type { InstanceKey } from '../../model/instance.ts';
import type { Phrase } from '../../model/phrase.ts';
import type { Decision } from '../../model/plan.ts';
import { memberOf, replicasOf, type Member } from '../../model/topology.ts';
import { listenTo } from './ask-replicas-about-master.ts';
import type { WatchContext } from './watch-context.ts';

/** Starting receivers is not repeated at once, in milliseconds. */
const askAgainMs = 10_000;

/** What came of letting receivers try again. */
export interface HeardAgain {
  /** Those that did not get through. */
  readonly lostBy: ReadonlySet<InstanceKey>;
  readonly testimony: readonly Phrase[];
}

/** Lets the replicas of a silent master try again that a failover which was cut short, or a question, left deaf. */
export class AskAgain {
  readonly #automatic: WatchContext;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(automatic: WatchContext) {
    this.#automatic = automatic;
  }

  /** Undefined where somebody testifies already, or nobody is there whom we left deaf; then nothing was done. */
  async act(
    finding: Finding,
    context: PlanningContext,
    lostBy: ReadonlySet<InstanceKey>,
    signal: AbortSignal,
  ): Promise<HeardAgain | undefined> {
    const { topology } = context;
    const master = memberOf(topology, finding.instance);
    const now = this.#automatic.monotonic();
    if (
      master === undefined ||
      isWitnessed(topology, master, lostBy) ||
      now < this.#notBefore ||
      stoppedByUs(context, master, this.#past()).length === 0
    ) {
      return undefined;
    }
    this.#notBefore = now + askAgainMs;
    const decision = this.#decide(context, master);
    if (decision.kind === 'hold') {
      return undefined;
    }
    const result = await this.#automatic.run(
      {
        plan: decision.plan,
        trigger: finding.code,
        again: async () => this.#decideAgain(master, signal),
      },
      signal,
    );
    if (result.kind === 'refused') {
      return undefined;
    }
    const started = result.recovery.steps.filter((it) => it.state === 'done').map((it) => it.on);
    this.#settle(started);
    return this.#listen(
      replicasOf(topology, master.key).filter((it) => started.includes(it.key)),
      context,
      signal,
    );
  }

  async #listen(
    started: readonly Member[],
    { spell }: PlanningContext,
    signal: AbortSignal,
  ): Promise<HeardAgain> {
    const ports = this.#automatic.ports();
    const testimony: Phrase[] = [];
    const questioner = {
      ...ports,
      spell,
      tell: (line: string) => {
        this.#automatic.log('info', line);
      },
      testify: (it: Phrase) => {
        testimony.push(it);
      },
    };
    try {
      const lost = await listenTo(started, questioner, signal);
      return { lostBy: new Set(lost.map((it) => it.key)), testimony };
    } finally {
      ports.commander.close();
    }
  }

  async #decideAgain(master: Member, signal: AbortSignal): Promise<Decision> {
    const { topology } = await this.#automatic.look(signal);
    const now = memberOf(topology, master.key) ?? master;
    return this.#decide(await this.#automatic.context(topology), now);
  }

  #decide(context: PlanningContext, master: Member): Decision {
    return planAskAgain(context, master, this.#past(), this.#automatic.circumstances().downtimes);
  }

  #past(): Parameters<typeof planAskAgain>[2] {
    return {
      recoveries: this.#automatic.recoveries(),
      stopped: this.#automatic.stopNotes.noted(),
    };
  }

  #settle(started: readonly InstanceKey[]): void {
    const { noted, note } = this.#automatic.stopNotes;
    const before = noted();
    const after = before.filter((it) => !started.includes(it.instance));
    if (after.length < before.length) {
      note(after);
    }
  }
}
