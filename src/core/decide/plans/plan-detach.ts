import { answered } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Check, Decision } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { unappliedOf } from '../../model/unapplied.ts';
import { modeCheck } from '../candidates/candidate-checks.ts';
import { stopReceiver } from '../steps/drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { check, failed, holdOn, passed, type PlanningContext } from '../planning-context.ts';
import { budgetOf, number } from '../steps/steps.ts';

/**
 * A replica that a promotion left behind stops reading, so that it does not follow the replaced master when that one
 * returns. What it received stays and is applied; it keeps its place and its credentials, and a rejoin lets it follow.
 */
export function planDetach(context: PlanningContext, master: Member, lost: Member): Decision {
  const checks = checksOf(context, master, lost);
  const refused = holdOn(checks, [
    phrase('Mend its applier, or rejoin or rebuild {instance}.', { instance: lost.key }),
  ]);
  if (refused !== undefined) {
    return refused;
  }
  const names = { instance: lost.key, master: master.key };
  const stages = number([
    {
      title: phrase('Detach {instance}', { instance: lost.key }),
      lanes: [[stopReceiver(context, lost.key)]],
      onFailure: 'report',
    },
  ]);
  return {
    kind: 'act',
    plan: {
      kind: 'detach',
      cluster: context.topology.cluster,
      subject: lost.key,
      oldMaster: null,
      newMaster: master.key,
      headline: phrase('Detach {instance}, which does not follow {master}', names),
      checks,
      stages,
      effects: {
        writeStop: phrase('Writes go on: no master is touched.'),
        mayLose: [],
        leftBehind: [
          {
            instance: lost.key,
            because: phrase('it is detached; rejoin it, and it follows {master}', names),
          },
        ],
        undo: phrase('Rejoin {instance}, or start its receiver by hand.', { instance: lost.key }),
      },
      fingerprint: fingerprintOf(context.topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function checksOf(context: PlanningContext, master: Member, lost: Member): readonly Check[] {
  const instance = lost.key;
  const receiver = answered(lost)?.channels[0]?.receiver ?? 'no';
  return [
    modeCheck(context),
    check(
      lost.source !== null && lost.source !== master.key && instance !== master.key,
      phrase('{instance} does not read from {master}', { instance, master: master.key }),
      lost.source === null
        ? phrase('it reads from nobody')
        : phrase('it reads from {source}', { source: lost.source }),
    ),
    check(
      receiver !== 'no',
      phrase('The receiver of {instance} runs', { instance }),
      phrase('receiver {receiver}', { receiver }),
    ),
    keepsCheck(lost),
  ];
}

/** With its applier stopped, a receiver that is stopped too takes what was received with it. */
function keepsCheck(lost: Member): Check {
  const says = phrase('{instance} keeps what it received', { instance: lost.key });
  const server = answered(lost);
  if (server?.channels[0]?.applier === 'yes') {
    return passed(says, phrase('its applier runs'));
  }
  const unapplied = server === undefined ? [] : unappliedOf(server);
  return unapplied.length === 0
    ? passed(says, phrase('nothing is left'))
    : failed(
        says,
        phrase('its applier is stopped, and {list} would be lost', { list: unapplied.join(', ') }),
      );
}
