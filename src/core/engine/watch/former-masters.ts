import type { ClusterState, RunResult } from '../../backend.ts';
import { cutShortPromotion } from '../../decide/interrupted-promotions.ts';
import type { PlanningContext } from '../../decide/planning-context.ts';
import { planDetach } from '../../decide/plans/plan-detach.ts';
import { planFence } from '../../decide/plans/plan-fence.ts';
import { planRejoinAlone } from '../../decide/plans/plan-rejoin.ts';
import { leftUndone, planRestore } from '../../decide/plans/plan-restore.ts';
import { planBringBack, strayedCandidate } from '../../decide/candidates/strayed-candidate.ts';
import { answered, type InstanceKey } from '../../model/instance.ts';
import type { Decision } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import type { Recovery } from '../../model/recovery.ts';
import { memberOf, type Member, type Topology } from '../../model/topology.ts';
import type { WatchContext } from './watch-context.ts';
import { gone, runDecision, type Cause } from './run-decision.ts';
import { follows } from './standing.ts';

/** After a rejoin or restore that failed or was refused, in milliseconds. */
const tryAgainMs = 30_000;
/** A fence that failed is tried in the next round but one: nothing is more urgent. Each failure doubles the pause. */
const fenceAgainMs = 1_000;
const fenceAgainAtMostMs = 60_000;

/** What is left to do after a promotion: close and bring back whom it replaced, and end what was cut short. */
export class FormerMasters {
  readonly #automatic: WatchContext;
  readonly #notBefore = new Map<string, number>();
  /** Fences in a row that did not close somebody. */
  readonly #failedFences = new Map<InstanceKey, number>();

  constructor(automatic: WatchContext) {
    this.#automatic = automatic;
  }

  /**
   * Closes a replaced master that takes writes, also one that reads from somebody, as a co-master does when it comes back;
   * true when somebody was closed. One that cannot be closed holds up nothing else: the new master may need us more.
   */
  async fence(state: ClusterState, signal: AbortSignal): Promise<boolean> {
    let closed = false;
    for (const { key } of this.#replaced(state.topology).filter(isOpen)) {
      if (this.#mayTry(`fence ${key}`, fenceAgainMs)) {
        closed = (await this.#fenceOne(key, state, signal)) || closed;
      }
    }
    return closed;
  }

  async #fenceOne(key: InstanceKey, state: ClusterState, signal: AbortSignal): Promise<boolean> {
    const result = await this.#run(needsRejoin(state, key), signal, async () => {
      const now = (await this.#automatic.look(signal)).topology;
      const former = this.#replaced(now).find((it) => it.key === key);
      const master = memberOf(now, now.master);
      return former === undefined || master === undefined
        ? gone
        : planFence(await this.#automatic.context(now), master, former);
    });
    const closed = result.kind === 'ran' && result.recovery.state === 'succeeded';
    const failures = closed ? 0 : (this.#failedFences.get(key) ?? 0) + 1;
    this.#failedFences.set(key, failures);
    const pauseMs = Math.min(fenceAgainMs * 2 ** Math.max(0, failures - 1), fenceAgainAtMostMs);
    this.#notBefore.set(`fence ${key}`, this.#automatic.monotonic() + pauseMs);
    return closed;
  }

  /** What is not urgent, as the settings want it. */
  async tidyUp(state: ClusterState, policy: Policy, signal: AbortSignal): Promise<void> {
    if (policy.autoRejoin) {
      await this.#bringBack(state, signal);
    }
    if (policy.detachesLost) {
      await this.#detachLost(state, signal);
    }
  }

  /** Rejoins replaced masters that are back and have nothing of their own, and replicas that a promotion left behind. */
  async #bringBack(state: ClusterState, signal: AbortSignal): Promise<void> {
    const { topology } = state;
    for (const member of [...this.#back(topology), ...this.#leftBehind(topology)]) {
      await this.#rejoin(member, needsRejoin(state, member.key), signal);
    }
  }

  /** Stops those from reading that a promotion left behind, so that they do not follow whom it replaced. */
  async #detachLost(state: ClusterState, signal: AbortSignal): Promise<void> {
    const { downtimes } = this.#automatic.circumstances();
    const lost = this.#leftBehind(state.topology).filter(
      (it) =>
        answered(it)?.channels[0]?.receiver !== 'no' &&
        !downtimes.some(({ instance }) => instance === it.key),
    );
    for (const { key } of lost.filter((it) => this.#mayTry(`detach ${it.key}`, tryAgainMs))) {
      await this.#runQuietly(needsRejoin(state, key), signal, async () => {
        const now = (await this.#automatic.look(signal)).topology;
        const master = memberOf(now, now.master);
        const still = this.#leftBehind(now).find((it) => it.key === key);
        return master === undefined || still === undefined
          ? gone
          : planDetach(await this.#automatic.context(now), master, still);
      });
    }
  }

  /** Ends what was begun by somebody who is gone; true when something was done. */
  async endWhatWasCutShort(
    state: ClusterState,
    context: PlanningContext,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { topology } = state;
    const newest = cutShortPromotion(this.#automatic.recoveries());
    if (newest === undefined) {
      return this.#bringCandidateBack(topology, signal);
    }
    if (newest.openedAt !== null && topology.master === newest.newMaster) {
      return this.#letAllFollow(state, newest, signal);
    }
    if (!leftUndone(context, newest)) {
      return this.#bringCandidateBack(topology, signal);
    }
    if (!this.#mayTry('restore', tryAgainMs)) {
      return false;
    }
    return this.#runQuietly(interrupted, signal, async () => {
      const now = await this.#automatic.look(signal);
      return planRestore(await this.#automatic.context(now.topology), newest);
    });
  }

  /** The one that was to be promoted and still reads from another replica. */
  async #bringCandidateBack(topology: Topology, signal: AbortSignal): Promise<boolean> {
    const strayed = strayedCandidate(topology, this.#automatic.recoveries());
    if (strayed === undefined || !this.#mayTry(`bring back ${strayed.key}`, tryAgainMs)) {
      return false;
    }
    return this.#runQuietly(interrupted, signal, async () => {
      const now = await this.#automatic.look(signal);
      const context = await this.#automatic.context(now.topology);
      return planBringBack(context, this.#automatic.recoveries());
    });
  }

  /**
   * Only those that hung under the replaced master, that one itself, and whoever was pointed at the new master but not
   * started any more: whoever follows a replica is left there.
   */
  async #letAllFollow(
    state: ClusterState,
    { oldMaster, steps }: Recovery,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { topology } = state;
    const begun = new Set(steps.filter((it) => it.startedAt !== null).map((it) => it.on));
    const behind = topology.members.filter(
      (it) =>
        it.key !== topology.master &&
        answered(it) !== undefined &&
        (it.key === oldMaster ||
          it.source === oldMaster ||
          (it.source === topology.master && begun.has(it.key))) &&
        !follows(it, topology.master),
    );
    let done = false;
    for (const member of behind) {
      const { finding } = needsRejoin(state, member.key);
      done = (await this.#rejoin(member, { ...interrupted, finding }, signal)) || done;
    }
    return done;
  }

  /** Replaced masters that answer and follow nobody. */
  #back(topology: Topology): readonly Member[] {
    return this.#replaced(topology).filter((it) => it.role === 'detached');
  }

  /**
   * Replicas that the newest promotion could not point at the new master, and that still read from the one it replaced:
   * also once that one is a replica again. Whoever was moved since stays where somebody put it.
   */
  #leftBehind(topology: Topology): readonly Member[] {
    const recoveries = this.#automatic.recoveries();
    const place = recoveries.findIndex((it) => it.openedAt !== null && it.state !== 'undone');
    const promotion = recoveries[place];
    if (promotion?.newMaster !== topology.master) {
      return [];
    }
    const moved = new Set(
      recoveries
        .slice(0, place)
        .filter((it) => it.kind !== 'detach')
        .map((it) => it.subject),
    );
    const missed = new Set([
      ...promotion.effects.leftBehind.map((it) => it.instance),
      ...promotion.steps
        .filter((it) => it.state === 'failed' || it.state === 'skipped')
        .map((it) => it.on),
    ]);
    return topology.members.filter(
      (it) =>
        missed.has(it.key) &&
        !moved.has(it.key) &&
        it.key !== promotion.oldMaster &&
        it.source === promotion.oldMaster &&
        answered(it) !== undefined,
    );
  }

  /** Masters that a recorded promotion replaced, that answer, and that are not the master again. */
  #replaced(topology: Topology): readonly Member[] {
    const replaced = new Set<InstanceKey | null>(
      this.#automatic
        .recoveries()
        .filter((it) => it.openedAt !== null && it.state !== 'undone')
        .map((it) => it.oldMaster),
    );
    return topology.members.filter(
      (it) => it.key !== topology.master && answered(it) !== undefined && replaced.has(it.key),
    );
  }

  async #rejoin(member: Member, cause: Cause, signal: AbortSignal): Promise<boolean> {
    if (!this.#mayTry(`rejoin ${member.key}`, tryAgainMs)) {
      return false;
    }
    return this.#runQuietly(cause, signal, async () => {
      const { topology } = await this.#automatic.look(signal);
      const master = memberOf(topology, topology.master);
      const subject = memberOf(topology, member.key);
      const context = await this.#automatic.rejoinContext(topology, member.key, signal);
      return master === undefined || subject === undefined
        ? gone
        : planRejoinAlone(context, master, subject);
    });
  }

  /** True when something ran. */
  async #runQuietly(
    cause: Cause,
    signal: AbortSignal,
    decide: () => Promise<Decision>,
  ): Promise<boolean> {
    return (await this.#run(cause, signal, decide)).kind === 'ran';
  }

  #run(cause: Cause, signal: AbortSignal, decide: () => Promise<Decision>): Promise<RunResult> {
    return runDecision(this.#automatic, cause, decide, signal);
  }

  #mayTry(what: string, everyMs: number): boolean {
    const now = this.#automatic.monotonic();
    if (now < (this.#notBefore.get(what) ?? Number.NEGATIVE_INFINITY)) {
      return false;
    }
    this.#notBefore.set(what, now + everyMs);
    return true;
  }
}

/** Nothing that can be seen now: the journal says so. */
const interrupted: Cause = { trigger: 'Interrupted', finding: undefined };

/** Because a promotion replaced it, or left it behind. */
function needsRejoin({ findings }: ClusterState, key: InstanceKey): Cause {
  const finding = findings.find((it) => it.code === 'NeedsRejoin' && it.instance === key);
  return { trigger: 'NeedsRejoin', finding };
}

/** Takes writes, as far as it says. */
function isOpen(member: Member): boolean {
  return answered(member)?.readOnly === false;
}
