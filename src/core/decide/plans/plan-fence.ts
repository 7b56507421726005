import { answered } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Decision, Effects, Stage } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { modeCheck } from '../candidates/candidate-checks.ts';
import { closeForGood, endWriters } from '../steps/drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { sameHistoryCheck } from '../candidates/foreign-history.ts';
import { check, holdOn, passed, warned, type PlanningContext } from '../planning-context.ts';
import { demotedSteps } from '../steps/move-semi-sync.ts';
import { quietChecks, quietStage } from '../steps/move-events.ts';
import { budgetOf, number } from '../steps/steps.ts';

/** A former master that came back writable beside the new one: close it, and end whoever writes there. */
export function planFence(context: PlanningContext, master: Member, former: Member): Decision {
  const opened = answered(master)?.readOnly === false;
  const checks = [
    modeCheck(context),
    ...quietChecks(context, former),
    // Silent or not, it was opened after this one: whoever came back stays closed.
    opened
      ? passed(phrase('{instance} takes writes', { instance: master.key }), phrase('writable'))
      : warned(
          phrase('{instance} takes writes', { instance: master.key }),
          phrase('it is silent or read-only now'),
        ),
    check(
      former.key !== master.key,
      phrase('{instance} is not the master', { instance: former.key }),
      phrase('role {role}', { role: former.role }),
    ),
    sameHistoryCheck(context.topology, former),
  ];
  const refused = holdOn(checks, []);
  if (refused !== undefined) {
    return refused;
  }
  const stages = stagesOf(context, former);
  return {
    kind: 'act',
    plan: {
      kind: 'fence',
      cluster: context.topology.cluster,
      subject: former.key,
      oldMaster: former.key,
      newMaster: master.key,
      headline: phrase('Close {instance}, which {master} replaced', {
        instance: former.key,
        master: master.key,
      }),
      checks,
      stages,
      effects: effectsOf(master, former),
      fingerprint: fingerprintOf(context.topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function effectsOf(master: Member, former: Member): Effects {
  return {
    writeStop: phrase('Writes on {master} go on; {instance} becomes read-only.', {
      master: master.key,
      instance: former.key,
    }),
    mayLose: [],
    leftBehind: [],
    undo: phrase('By hand: make {instance} writable again.', { instance: former.key }),
  };
}

function stagesOf(context: PlanningContext, former: Member): readonly Stage[] {
  const { key } = former;
  return number([
    ...quietStage(context, former, 'for-good'),
    {
      // A commit that waits for a replica would hold up the closing for ever: its session ends first, and on MySQL,
      // where that is not enough, the master waits no more; nobody is left to take that for an acknowledgement.
      title: phrase('End the sessions on {instance} that could still write.', { instance: key }),
      lanes: [[endWriters(context, key, true), ...demotedSteps(context, former)]],
      onFailure: 'report',
    },
    {
      title: phrase('Close {instance}', { instance: key }),
      lanes: [[closeForGood(context, key), endWriters(context, key)]],
      onFailure: 'report',
    },
  ]);
}
