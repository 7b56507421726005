import type { ClusterState } from '../../backend.ts';
import { decideAutomatically } from '../../decide/decide-automatically.ts';
import type { PlanningContext } from '../../decide/planning-context.ts';
import { objections } from '../../decide/guards.ts';
import { familyOf, type Finding } from '../../model/finding.ts';
import type { InstanceKey } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Decision } from '../../model/plan.ts';
import { memberOf, type Member, type Topology } from '../../model/topology.ts';
import { askReplicas } from './ask-replicas-about-master.ts';
import { runningAgain, whyNot } from './answers.ts';
import { FormerMasters } from './former-masters.ts';
import { AskAgain } from './ask-again.ts';
import { CloseAgain } from './close-again.ts';
import type { WatchContext } from './watch-context.ts';
import type { Verdict } from './keep-watch.ts';
import { LivingMaster } from './living-master.ts';
import { CutReceivers } from './receivers.ts';
import { gone } from './run-decision.ts';
import { mayAct, toldOf } from './standing.ts';

/** Asking replicas restarts their receivers, so it is not repeated at once. Milliseconds. */
const askAgainMs = 10_000;
/** After a recovery that failed and was taken back: doubled with each, so that nobody is worn out. Milliseconds. */
const tryAgainMs = 1_000;
const tryAgainAtMostMs = 120_000;

/** Answers findings of one cluster without a person, round after round. */
export class AutomaticRecovery {
  readonly #automatic: WatchContext;
  readonly #notBefore = new Map<string, number>();
  readonly #cut: CutReceivers;
  readonly #askAgain: AskAgain;
  readonly #formerMasters: FormerMasters;
  readonly #closeAgain: CloseAgain;
  readonly #living: LivingMaster;
  /** Replicas that were asked and did not get through to the suspected master. */
  #lostBy: ReadonlySet<InstanceKey> = new Set();
  /** What came of asking them: evidence of every decision about this suspicion. */
  #testimony: readonly Phrase[] = [];
  /** Recoveries in a row that were begun for this suspicion and opened nobody. */
  #failures = 0;

  constructor(automatic: WatchContext) {
    this.#automatic = automatic;
    this.#cut = new CutReceivers(automatic.stopNotes);
    this.#askAgain = new AskAgain(automatic);
    this.#formerMasters = new FormerMasters(automatic);
    this.#closeAgain = new CloseAgain(automatic);
    this.#living = new LivingMaster(automatic);
  }

  /** Since when no replica that was asked hears an unreachable master, where some were asked now. */
  async act(
    state: ClusterState,
    verdict: Verdict,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const circumstances = this.#automatic.circumstances();
    const context = await this.#automatic.context(state.topology);
    const armed = mayAct(context, circumstances);
    // A former master that takes writes again is closed before anything else, whatever else is wrong.
    if (armed && (await this.#formerMasters.fence(state, signal))) {
      return undefined;
    }
    if (armed && (await this.#formerMasters.endWhatWasCutShort(state, context, signal))) {
      return undefined;
    }
    if (await this.#living.act(state, signal)) {
      return undefined;
    }
    if (verdict.suspicion !== undefined) {
      const lost = await this.#answerSuspicion(state, verdict, { armed, context }, signal);
      // Only a suspected master holds up the rest.
      if (familyOf(verdict.suspicion.code) !== 'dead-intermediate') {
        return lost;
      }
    }
    this.#lostBy = new Set();
    this.#testimony = [];
    this.#failures = 0;
    this.#notBefore.delete('answer');
    await this.#mend(state.topology, signal, armed);
    await this.#closeAgain.act(context, signal);
    if (armed) {
      await this.#formerMasters.tidyUp(state, context.policy, signal);
    }
    return undefined;
  }

  /** Leaves no receiver stopped that was stopped only to ask. */
  async end(topology: Topology | undefined): Promise<void> {
    if (topology !== undefined) {
      await this.#mend(topology, new AbortController().signal);
    }
  }

  async #mend(topology: Topology, signal: AbortSignal, others = false): Promise<void> {
    await this.#cut.mend(topology, () => this.#automatic.ports(), signal, others);
  }

  async #answerSuspicion(
    state: ClusterState,
    verdict: Verdict,
    { armed, context }: { readonly armed: boolean; readonly context: PlanningContext },
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const finding = state.findings.find((it) => it.code === verdict.suspicion?.code);
    if (finding === undefined) {
      return undefined;
    }
    const family = familyOf(finding.code);
    // Asking restarts receivers: not where the answer could not be acted upon.
    const free =
      armed && objections(finding, context.policy, this.#automatic.circumstances()).length === 0;
    // An attempt to write found that it lives, and cannot write: what its replicas hear says no more.
    const known = state.findings.some((it) => it.code === 'MasterCannotWrite');
    if (family === 'unreachable-master' && free && !known) {
      return this.#ask(state, finding, context, signal);
    }
    const dead = family === 'dead-master' || family === 'dead-intermediate';
    if (dead && verdict.confirmed) {
      await this.#judge(finding, free && family === 'dead-master', context, signal);
    }
    return undefined;
  }

  /** `mayAsk`: receivers that we left deaf try again before anything is judged. */
  async #judge(
    finding: Finding,
    mayAsk: boolean,
    context: PlanningContext,
    signal: AbortSignal,
  ): Promise<void> {
    // What was seen before they tried is old.
    if (!mayAsk || !(await this.#letThemTry(finding, context, signal))) {
      await this.#answer(finding, context, signal);
    }
  }

  /** True when receivers were started that we had left deaf. */
  async #letThemTry(
    finding: Finding,
    context: PlanningContext,
    signal: AbortSignal,
  ): Promise<boolean> {
    const heard = await this.#askAgain.act(finding, context, this.#lostBy, signal);
    if (heard !== undefined) {
      this.#lostBy = heard.lostBy;
      this.#testimony = heard.testimony;
    }
    return heard !== undefined;
  }

  /** The master does not answer us, yet receivers say that they hear it: a hang looks so, and a slow shutdown. */
  async #ask(
    state: ClusterState,
    finding: Finding,
    { spell }: PlanningContext,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { topology } = state;
    const master = memberOf(topology, finding.instance);
    const silent = master !== undefined && master.probe.kind === 'silent';
    if (
      !silent ||
      finding.facts['hearing'] === 0 ||
      !this.#mayTry(`ask ${master.key}`, askAgainMs)
    ) {
      return undefined;
    }
    const ports = this.#automatic.ports();
    const tell = (line: string): void => {
      this.#automatic.log('info', line);
    };
    this.#testimony = [];
    const testify = (testimony: Phrase): void => {
      this.#testimony = [...this.#testimony, testimony];
    };
    const note = (members: readonly Member[]): void => {
      this.#cut.note(members);
    };
    try {
      const questioner = { ...ports, spell, tell, testify, note };
      const answer = await askReplicas(topology, master.key, questioner, signal);
      this.#automatic.log(
        'info',
        `${master.key} is silent; its replicas were asked: ${answer.kind}.`,
      );
      if (answer.kind === 'lost') {
        this.#lostBy = new Set(answer.asked.map((it) => it.key));
        this.#cut.cut(answer.asked, () => this.#automatic.ports(), signal);
        return answer.since;
      }
      this.#cut.settle(runningAgain(topology, master.key, answer));
      this.#held(finding, whyNot(answer));
      return undefined;
    } finally {
      ports.commander.close();
    }
  }

  async #answer(finding: Finding, context: PlanningContext, signal: AbortSignal): Promise<void> {
    const decision = this.#decide(finding, context);
    if (decision === undefined) {
      return;
    }
    if (decision.kind === 'act' && this.#waitsFor('answer')) {
      this.#held(finding, [
        phrase(
          'It was tried and opened nobody; it is tried again after a pause that doubles each time, up to {count} s.',
          { count: tryAgainAtMostMs / 1000 },
        ),
      ]);
      return;
    }
    if (decision.kind === 'hold') {
      this.#held(finding, decision.refusal.because);
      await this.#mend(context.topology, signal);
      return;
    }
    const result = await this.#automatic.run(
      {
        plan: decision.plan,
        trigger: finding.code,
        again: async () => this.#decideAgain(finding, signal),
      },
      signal,
    );
    if (result.kind === 'refused') {
      this.#held(finding, result.because);
      await this.#mend(context.topology, signal);
      return;
    }
    this.#automatic.detected({
      ...this.#toldOf(finding),
      decision: 'acted',
      because: [],
      recovery: result.recovery.id,
    });
    if (result.recovery.kind === 'failover' && result.recovery.openedAt === null) {
      this.#failures += 1;
      this.#postpone('answer', Math.min(tryAgainMs * 2 ** (this.#failures - 1), tryAgainAtMostMs));
    }
  }

  /** On a fresh picture: the finding must still be there, and every guard must still let us. */
  async #decideAgain(finding: Finding, signal: AbortSignal): Promise<Decision> {
    const { topology, findings } = await this.#automatic.look(signal);
    const still = findings.find(
      (it) => familyOf(it.code) === familyOf(finding.code) && it.instance === finding.instance,
    );
    const context = await this.#automatic.context(topology);
    return still === undefined ? gone : (this.#decide(still, context) ?? gone);
  }

  #decide(finding: Finding, context: PlanningContext): Decision | undefined {
    const circumstances = { ...this.#automatic.circumstances(), lostBy: this.#lostBy };
    return decideAutomatically(finding, context, circumstances);
  }

  #held(finding: Finding, because: readonly Phrase[]): void {
    this.#automatic.detected({
      ...this.#toldOf(finding),
      decision: 'held',
      because,
      recovery: null,
    });
  }

  #toldOf(finding: Finding): ReturnType<typeof toldOf> {
    return toldOf({ ...finding, evidence: [...finding.evidence, ...this.#testimony] });
  }

  #mayTry(what: string, everyMs: number): boolean {
    if (this.#waitsFor(what)) {
      return false;
    }
    this.#postpone(what, everyMs);
    return true;
  }

  #waitsFor(what: string): boolean {
    const notBefore = this.#notBefore.get(what) ?? Number.NEGATIVE_INFINITY;
    return this.#automatic.monotonic() < notBefore;
  }

  #postpone(what: string, ms: number): void {
    this.#notBefore.set(what, this.#automatic.monotonic() + ms);
  }
}
