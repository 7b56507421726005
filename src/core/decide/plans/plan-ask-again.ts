import { answered } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Decision } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import type { Downtime } from '../../model/watch.ts';
import { modeCheck } from '../candidates/candidate-checks.ts';
import { startReceiver } from '../steps/drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { hold, holdOn, passed, type PlanningContext } from '../planning-context.ts';
import { stoppedByUs, type OwnPast } from '../receivers-we-stopped.ts';
import { budgetOf, number } from '../steps/steps.ts';

/**
 * The master is silent, and nobody tries to reach it because a plan of ours that was cut short stopped those who did:
 * they try again, so that what they meet can be judged. An instance in downtime is left alone.
 */
export function planAskAgain(
  context: PlanningContext,
  master: Member,
  past: OwnPast,
  downtimes: readonly Downtime[],
): Decision {
  const stopped = stoppedByUs(context, master, past).filter(
    (it) => !downtimes.some(({ instance }) => instance === it.key),
  );
  const [subject] = stopped;
  if (subject === undefined) {
    return hold(
      phrase('No receiver is there that we stopped and could start again.'),
      phrase('Start a receiver by hand, or promote a replica by hand.'),
    );
  }
  const checks = [modeCheck(context), ...stopped.map(whatStands)];
  const refused = holdOn(checks, []);
  if (refused !== undefined) {
    return refused;
  }
  const stages = number([
    {
      title: phrase('Start receivers again'),
      lanes: stopped.map((it) => [startReceiver(context, it.key)]),
      onFailure: 'report',
    },
  ]);
  return {
    kind: 'act',
    plan: {
      kind: 'repair',
      cluster: context.topology.cluster,
      subject: subject.key,
      oldMaster: null,
      newMaster: master.key,
      headline: phrase('Let replicas try to reach {master} again', { master: master.key }),
      checks,
      stages,
      effects: {
        writeStop: phrase('None: {master} is silent.', { master: master.key }),
        mayLose: [],
        leftBehind: [],
        undo: phrase('By hand: stop the receivers again.'),
      },
      fingerprint: fingerprintOf(context.topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function whatStands(member: Member): ReturnType<typeof passed> {
  const applier = answered(member)?.channels[0]?.applier ?? 'no';
  return passed(
    phrase('The receiver of {instance} was stopped by a plan that was cut short', {
      instance: member.key,
    }),
    applier === 'yes'
      ? phrase('its applier runs')
      : phrase('it has applied everything that it received'),
  );
}
