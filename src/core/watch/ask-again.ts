import { isWitnessed } from '../decide/decide-automatically.ts';
import type { Ground } from '../decide/ground.ts';
import { stoppedByUs } from '../decide/own-stops.ts';
import { planAskAgain } from '../decide/plan-ask-again.ts';
import type { Finding } from '../model/finding.ts';
import type { InstanceKey } from '../model/instance.ts';
import type { Phrase } from '../model/phrase.ts';
import type { Decision } from '../model/plan.ts';
import { memberOf, replicasOf, type Member } from '../model/topology.ts';
import { listenTo } from './active-question.ts';
import type { ClusterHands } from './cluster-hands.ts';

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
  readonly #automatic: ClusterHands;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(automatic: ClusterHands) {
    this.#automatic = automatic;
  }

  /** Undefined where somebody testifies already, or nobody is there whom we left deaf; then nothing was done. */
  async act(
    finding: Finding,
    ground: Ground,
    lostBy: ReadonlySet<InstanceKey>,
    signal: AbortSignal,
  ): Promise<HeardAgain | undefined> {
    const { topology } = ground;
    const master = memberOf(topology, finding.instance);
    const now = this.#automatic.monotonic();
    if (
      master === undefined ||
      isWitnessed(topology, master, lostBy) ||
      now < this.#notBefore ||
      stoppedByUs(ground, master, this.#past()).length === 0
    ) {
      return undefined;
    }
    this.#notBefore = now + askAgainMs;
    const decision = this.#decide(ground, master);
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
      ground,
      signal,
    );
  }

  async #listen(
    started: readonly Member[],
    { spell }: Ground,
    signal: AbortSignal,
  ): Promise<HeardAgain> {
    const hands = this.#automatic.hands();
    const testimony: Phrase[] = [];
    const questioner = {
      ...hands,
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
      hands.commander.close();
    }
  }

  async #decideAgain(master: Member, signal: AbortSignal): Promise<Decision> {
    const { topology } = await this.#automatic.look(signal);
    const now = memberOf(topology, master.key) ?? master;
    return this.#decide(await this.#automatic.ground(topology), now);
  }

  #decide(ground: Ground, master: Member): Decision {
    return planAskAgain(ground, master, this.#past(), this.#automatic.circumstances().downtimes);
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
