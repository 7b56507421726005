import type { Circumstances } from '../model/circumstances.ts';
import type { Finding } from '../model/finding.ts';
import { answered, type InstanceKey } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Decision } from '../model/plan.ts';
import type { Recovery } from '../model/recovery.ts';
import { memberOf, replicasOf, type Member } from '../model/topology.ts';
import { choosePromotion, reasonsOf, type Excluded } from './candidates/choose-promotion.ts';
import type { PlanningContext } from './planning-context.ts';
import { objections } from './guards.ts';
import { planRepair } from './plans/plan-repair.ts';
import { planSwitchover } from './plans/plan-switchover.ts';

/** What did not help is not repeated for so long, in milliseconds. */
const pauseMs = 300_000;

/** What speaks for or against acting, and what was done already, newest first. */
export interface Past {
  readonly circumstances: Circumstances;
  readonly recoveries: readonly Recovery[];
}

/**
 * Answers, without a person, a master that lives and takes no writes: a plan, or every reason to hold; undefined when
 * nothing is to be decided. What was tried a moment ago in vain is not tried again, whichever process tried it.
 */
export function answerLivingMaster(
  finding: Finding,
  context: PlanningContext,
  past: Past,
): Decision | undefined {
  const master = memberOf(context.topology, finding.instance);
  const locked = finding.code === 'LockedSemiSyncMaster' && context.policy.recoverLockedMaster;
  if (master === undefined || (!locked && finding.code !== 'MasterCannotWrite')) {
    return undefined;
  }
  const against = objections(finding, context.policy, past.circumstances);
  if (against.length > 0) {
    return held(against);
  }
  const tried = triedLately(finding, past);
  if (tried !== undefined) {
    return held(locked ? repaired(tried) : takenBack(tried, master.key));
  }
  return locked
    ? planRepair(context, master, past.circumstances.downtimes)
    : handOver(context, master);
}

function triedLately(finding: Finding, { circumstances, recoveries }: Past): Recovery | undefined {
  return recoveries.find(
    (it) =>
      it.trigger === finding.code &&
      it.state !== 'running' &&
      it.startedAt + pauseMs > circumstances.now &&
      (it.oldMaster === finding.instance || it.newMaster === finding.instance),
  );
}

function repaired({ id }: Recovery): readonly Phrase[] {
  return [
    phrase('Receivers were started again by {recovery}, and writes still wait.', { recovery: id }),
    phrase('Find out why the replicas do not acknowledge, or bring back one that does.'),
  ];
}

function takenBack({ id, problems }: Recovery, master: InstanceKey): readonly Phrase[] {
  return [
    phrase('The hand-over {recovery} did not get through; it is not repeated at once.', {
      recovery: id,
    }),
    ...problems,
    endItself(master),
  ];
}

function endItself(master: InstanceKey): Phrase {
  return phrase(
    'Mend the storage of {master}, or end its server process or host: then it is dead, and a replica takes over.',
    { master },
  );
}

/** Nothing is promoted beside a master that may still finish its commits: it is closed first, or it stays. */
function handOver(context: PlanningContext, master: Member): Decision {
  if (answered(master) === undefined) {
    return held([
      phrase('{master} does not answer, so it cannot be closed.', { master: master.key }),
      endItself(master.key),
    ]);
  }
  const stuck = stuckReplicas(context, master);
  const promotion = choosePromotion(withoutThem(context, stuck), master);
  return promotion.kind === 'none'
    ? held(reasonsOf([...stuck, ...promotion.excluded]))
    : planSwitchover(context, master, promotion.candidate, true);
}

/** Whoever does not keep up may lie on the same storage: it would be the next master that cannot write. */
function stuckReplicas({ topology, policy }: PlanningContext, master: Member): readonly Excluded[] {
  return replicasOf(topology, master.key).flatMap((it) => {
    const channel = answered(it)?.channels[0];
    const lag = channel?.lagSeconds ?? Number.POSITIVE_INFINITY;
    const keepsUp =
      channel?.receiver === 'yes' &&
      channel.applier === 'yes' &&
      lag <= policy.reasonableLagSeconds;
    return channel === undefined || keepsUp
      ? []
      : [
          {
            instance: it.key,
            because: phrase('it does not keep up with {master}', { master: master.key }),
          },
        ];
  });
}

/** Gaps do not count here: the one that is chosen gets everything before it opens. */
function withoutThem(context: PlanningContext, stuck: readonly Excluded[]): PlanningContext {
  const { topology, policy } = context;
  const out = new Set(stuck.map((it) => it.instance));
  return {
    ...context,
    policy: { ...policy, onPossibleLoss: 'report' },
    topology: { ...topology, members: topology.members.filter((it) => !out.has(it.key)) },
  };
}

function held(because: readonly Phrase[]): Decision {
  return { kind: 'hold', refusal: { because, instead: [], checks: [] } };
}
