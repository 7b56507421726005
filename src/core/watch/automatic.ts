import type { ClusterState, RunResult } from '../backend.ts';
import { decideAutomatically } from '../decide/decide-automatically.ts';
import type { Ground, RejoinGround } from '../decide/ground.ts';
import { planFence } from '../decide/plan-fence.ts';
import { planRejoin } from '../decide/plan-rejoin.ts';
import { leftUndone, planRestore } from '../decide/plan-restore.ts';
import type { Circumstances } from '../model/circumstances.ts';
import type { Finding } from '../model/finding.ts';
import { answered, type InstanceKey } from '../model/instance.ts';
import { inEnglish, phrase, type Phrase } from '../model/phrase.ts';
import type { Decision } from '../model/plan.ts';
import type { Recovery } from '../model/recovery.ts';
import { memberOf, type Member, type Topology } from '../model/topology.ts';
import type { Detection } from '../model/watch.ts';
import type { Order } from '../run-plan.ts';
import { askReplicas, type Questioner } from './active-question.ts';
import type { Verdict } from './keep-watch.ts';
import { CutReceivers } from './receivers.ts';
import { follows, mayAct, toldOf } from './standing.ts';

/** What acting without a person needs of its cluster. */
export interface Automatic {
  /** A commander of its own each time; whoever asks closes it. */
  readonly hands: () => Omit<Questioner, 'tell'>;
  readonly ground: (topology: Topology) => Promise<Ground>;
  readonly rejoinGround: (
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
  ) => Promise<RejoinGround>;
  readonly circumstances: () => Circumstances;
  readonly look: (signal: AbortSignal) => Promise<ClusterState>;
  readonly recoveries: () => readonly Recovery[];
  readonly run: (order: Order, signal: AbortSignal) => Promise<RunResult>;
  readonly detected: (detection: Omit<Detection, 'id' | 'cluster' | 'at'>) => void;
  readonly monotonic: () => number;
  readonly log: (level: 'info' | 'warn' | 'error', line: string) => void;
}

/** Asking replicas restarts their receivers, so it is not repeated at once. Milliseconds. */
const askAgainMs = 10_000;
/** After a rejoin, fence or restore that failed or was refused. */
const tryAgainMs = 30_000;

/** Answers findings of one cluster without a person, round after round. */
export class AutomaticRecovery {
  readonly #automatic: Automatic;
  readonly #notBefore = new Map<string, number>();
  readonly #cut = new CutReceivers();

  constructor(automatic: Automatic) {
    this.#automatic = automatic;
  }

  async act(state: ClusterState, verdict: Verdict, signal: AbortSignal): Promise<void> {
    const circumstances = this.#automatic.circumstances();
    const ground = await this.#automatic.ground(state.topology);
    const armed = mayAct(ground, circumstances);
    if (armed && (await this.#endWhatWasCutShort(state, ground, signal))) {
      return;
    }
    if (verdict.suspicion !== undefined) {
      await this.#answerSuspicion(state, verdict, { armed, ground }, signal);
      return;
    }
    await this.#cut.mend(state.topology, () => this.#automatic.hands(), signal);
    if (armed) {
      await this.#bringBack(state, ground, signal);
    }
  }

  async #answerSuspicion(
    state: ClusterState,
    verdict: Verdict,
    { armed, ground }: { readonly armed: boolean; readonly ground: Ground },
    signal: AbortSignal,
  ): Promise<void> {
    const finding = state.findings.find((it) => it.code === verdict.suspicion?.code);
    if (finding?.code === 'UnreachableMaster' && armed) {
      await this.#ask(state, finding, signal);
    }
    if (finding?.code === 'DeadMaster' && verdict.confirmed) {
      await this.#answer(finding, ground, signal);
    }
  }

  /** The master does not answer us, yet receivers say that they hear it: a hang looks so, and a slow shutdown. */
  async #ask(state: ClusterState, finding: Finding, signal: AbortSignal): Promise<void> {
    const { topology } = state;
    const master = memberOf(topology, finding.instance);
    const silent = master !== undefined && master.probe.kind === 'silent';
    if (!silent || finding.facts['hearing'] === 0 || !this.#mayTry('ask', askAgainMs)) {
      return;
    }
    const hands = this.#automatic.hands();
    const tell = (line: string): void => {
      this.#automatic.log('info', line);
    };
    try {
      const answer = await askReplicas(topology, master.key, { ...hands, tell }, signal);
      this.#automatic.log(
        'info',
        `${master.key} is silent; its replicas were asked: ${answer.kind}.`,
      );
      if (answer.kind === 'lost') {
        this.#cut.cut(answer.asked, () => this.#automatic.hands(), signal);
      } else {
        const why =
          answer.kind === 'lives'
            ? phrase('{instance} still gets through to it.', { instance: answer.witness })
            : phrase(
                '{instances} cannot be asked: the applier is stopped, and what was received would be lost.',
                {
                  instances: answer.instances.join(', '),
                },
              );
        this.#held(finding, [why]);
      }
    } finally {
      hands.commander.close();
    }
  }

  async #answer(finding: Finding, ground: Ground, signal: AbortSignal): Promise<void> {
    const decision = decideAutomatically(finding, ground, this.#automatic.circumstances());
    if (decision === undefined) {
      return;
    }
    if (decision.kind === 'hold') {
      this.#held(finding, decision.refusal.because);
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
      return;
    }
    this.#automatic.detected({
      ...toldOf(finding),
      decision: 'acted',
      because: [],
      recovery: result.recovery.id,
    });
  }

  /** On a fresh picture: the finding must still be there, and every guard must still let us. */
  async #decideAgain(finding: Finding, signal: AbortSignal): Promise<Decision> {
    const { topology, findings } = await this.#automatic.look(signal);
    const still = findings.find(
      (it) => it.code === finding.code && it.instance === finding.instance,
    );
    const ground = await this.#automatic.ground(topology);
    const gone: Decision = {
      kind: 'hold',
      refusal: { because: [phrase('The finding is gone.')], instead: [], checks: [] },
    };
    return still === undefined
      ? gone
      : (decideAutomatically(still, ground, this.#automatic.circumstances()) ?? gone);
  }

  /** True when something was begun by somebody who is gone, and was ended here. */
  async #endWhatWasCutShort(
    state: ClusterState,
    ground: Ground,
    signal: AbortSignal,
  ): Promise<boolean> {
    const [newest] = this.#automatic.recoveries();
    if (newest?.state !== 'interrupted' || newest.kind === 'rejoin') {
      return false;
    }
    if (newest.openedAt !== null && state.topology.master === newest.newMaster) {
      return this.#letAllFollow(state.topology, signal);
    }
    if (!leftUndone(ground, newest) || !this.#mayTry('restore', tryAgainMs)) {
      return false;
    }
    return this.#runQuietly('Interrupted', signal, async () => {
      const now = await this.#automatic.look(signal);
      return planRestore(await this.#automatic.ground(now.topology), newest);
    });
  }

  async #letAllFollow(topology: Topology, signal: AbortSignal): Promise<boolean> {
    const behind = topology.members.filter(
      (it) =>
        it.key !== topology.master && answered(it) !== undefined && !follows(it, topology.master),
    );
    for (const member of behind) {
      await this.#rejoin(member, 'Interrupted', signal);
    }
    return behind.length > 0;
  }

  /** A former master that is back: closed within one round when it takes writes, and rejoined when it has nothing of its own. */
  async #bringBack(state: ClusterState, ground: Ground, signal: AbortSignal): Promise<void> {
    const { topology } = state;
    const replaced = new Set(
      this.#automatic
        .recoveries()
        .filter((it) => it.openedAt !== null)
        .map((it) => it.oldMaster),
    );
    const back = topology.members.filter((it) => it.role === 'detached' && replaced.has(it.key));
    for (const member of back) {
      const server = answered(member);
      const master = memberOf(topology, topology.master);
      if (server === undefined || master === undefined) {
        continue;
      }
      if (!server.readOnly && this.#mayTry(`fence ${member.key}`, 1_000)) {
        await this.#runQuietly('NeedsRejoin', signal, async () =>
          planFence(ground, master, member),
        );
      }
      if (ground.policy.autoRejoin) {
        await this.#rejoin(member, 'NeedsRejoin', signal);
      }
    }
  }

  async #rejoin(member: Member, trigger: string, signal: AbortSignal): Promise<void> {
    if (!this.#mayTry(`rejoin ${member.key}`, tryAgainMs)) {
      return;
    }
    await this.#runQuietly(trigger, signal, async () => {
      const { topology } = await this.#automatic.look(signal);
      const master = memberOf(topology, topology.master);
      const subject = memberOf(topology, member.key);
      const ground = await this.#automatic.rejoinGround(topology, member.key, signal);
      return master === undefined || subject === undefined
        ? {
            kind: 'hold',
            refusal: { because: [phrase('The finding is gone.')], instead: [], checks: [] },
          }
        : planRejoin(ground, master, subject);
    });
  }

  /** Plans, runs, and tells in the log why not; true when something ran. */
  async #runQuietly(
    trigger: string,
    signal: AbortSignal,
    decide: () => Promise<Decision>,
  ): Promise<boolean> {
    const decision = await decide();
    const result: RunResult =
      decision.kind === 'act'
        ? await this.#automatic.run({ plan: decision.plan, trigger, again: decide }, signal)
        : { kind: 'refused', because: decision.refusal.because, instead: [] };
    if (result.kind === 'refused') {
      this.#automatic.log('warn', `Held: ${result.because.map(inEnglish).join(' ')}`);
    }
    return result.kind === 'ran';
  }

  #held(finding: Finding, because: readonly Phrase[]): void {
    this.#automatic.detected({
      ...toldOf(finding),
      decision: 'held',
      because: because.map(inEnglish),
      recovery: null,
    });
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
