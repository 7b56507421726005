import { answered } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Decision, Effects } from '../../model/plan.ts';
import { replicasOf, type Member } from '../../model/topology.ts';
import type { Downtime } from '../../model/watch.ts';
import { modeCheck } from '../candidates/candidate-checks.ts';
import { startReceiver, verifyReplicating } from '../steps/drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { holdOn, passed, type PlanningContext } from '../planning-context.ts';
import { budgetOf, number, type Draft } from '../steps/steps.ts';

/**
 * The master waits for replicas that do not acknowledge: those whose receiver somebody stopped, without an error, read
 * again. An instance in downtime is left alone.
 */
export function planRepair(
  context: PlanningContext,
  master: Member,
  downtimes: readonly Downtime[],
): Decision {
  const judged = replicasOf(context.topology, master.key).map((member): Judged => ({
    member,
    because: whyNot(member, downtimes),
  }));
  const stopped = judged.filter((it) => it.because === undefined).map((it) => it.member);
  const [subject] = stopped;
  return subject === undefined
    ? { kind: 'hold', refusal: { because: nobody(judged), instead: [], checks: [] } }
    : repairOf(context, master, [subject, ...stopped.slice(1)]);
}

interface Judged {
  readonly member: Member;
  /** Undefined for one whose receiver may be started. */
  readonly because: Phrase | undefined;
}

function nobody(judged: readonly Judged[]): readonly Phrase[] {
  return [
    phrase('No receiver is there that could be started again.'),
    ...judged.flatMap(({ member: { key }, because }) =>
      because === undefined
        ? []
        : [phrase('{instance} is left out: {because}', { instance: key, because })],
    ),
  ];
}

function repairOf(
  context: PlanningContext,
  master: Member,
  stopped: readonly [Member, ...Member[]],
): Decision {
  const checks = [
    modeCheck(context),
    ...stopped.map((it) =>
      passed(
        phrase('The receiver of {instance} is stopped without an error', { instance: it.key }),
        phrase('receiver {receiver}', { receiver: 'no' }),
      ),
    ),
  ];
  const refused = holdOn(checks, []);
  if (refused !== undefined) {
    return refused;
  }
  const stages = number([
    {
      title: phrase('Start receivers again'),
      lanes: stopped.map((it) => lane(context, it, master)),
      onFailure: 'report',
    },
  ]);
  return {
    kind: 'act',
    plan: {
      kind: 'repair',
      cluster: context.topology.cluster,
      subject: stopped[0].key,
      oldMaster: null,
      newMaster: master.key,
      headline: phrase('Let replicas read from {master} again', { master: master.key }),
      checks,
      stages,
      effects: effectsOf(master),
      fingerprint: fingerprintOf(context.topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function effectsOf({ key }: Member): Effects {
  return {
    writeStop: phrase('Writes that wait on {master} go on once a replica acknowledges.', {
      master: key,
    }),
    mayLose: [],
    leftBehind: [],
    undo: phrase('By hand: stop the receivers again.'),
  };
}

/** An applier that is stopped stays so: what is received is enough to acknowledge. */
function lane(context: PlanningContext, member: Member, master: Member): readonly Draft[] {
  const applies = answered(member)?.channels[0]?.applier === 'yes';
  return [
    startReceiver(context, member.key),
    ...(applies ? [verifyReplicating(context, member.key, master.key)] : []),
  ];
}

function whyNot(member: Member, downtimes: readonly Downtime[]): Phrase | undefined {
  const channel = answered(member)?.channels[0];
  if (channel === undefined) {
    return phrase('it is silent');
  }
  if (channel.receiver !== 'no') {
    return phrase('its receiver is not stopped');
  }
  if (channel.receiverError !== null) {
    const { code, message } = channel.receiverError;
    return phrase('its receiver stopped with error {code}: {message}', { code, message });
  }
  return downtimes.some((it) => it.instance === member.key)
    ? phrase('it is in downtime')
    : undefined;
}
