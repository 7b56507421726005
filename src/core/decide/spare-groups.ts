import { answered, type InstanceKey } from '../model/instance.ts';
import { phrase } from '../model/phrase.ts';
import { stepsOf, type Action, type Decision, type Plan, type Wish } from '../model/plan.ts';
import { memberOf, type Member, type Topology } from '../model/topology.ts';
import { hold, warned } from './planning-context.ts';

/** What only looks, or makes an account that the group itself replicates. */
const harmless: ReadonlySet<Action['do']> = new Set<Action['do']>([
  'look-again',
  'mark-position',
  'check-unmoved',
  'wait-for-mark',
  'wait-until-applied',
  'verify-replicating',
  'verify-user',
  'end-session',
  'hold-traffic',
  'lead-traffic',
  'run-program',
]);

/** Why what a person asks for a member of a group, or for the primary's place, is not even planned. */
export function groupObjection(
  wish: Wish['kind'],
  subject: Member,
  master: Member,
): Decision | undefined {
  if (subject.inGroup === true && wish !== 'create-user') {
    return memberHold(subject.key);
  }
  return wish === 'promote' && answered(master)?.group?.primary === true
    ? primaryHold(master.key)
    : undefined;
}

function memberHold(instance: InstanceKey): Decision {
  return hold(
    phrase(
      '{instance} is a member of a group (Group Replication or Galera), which manages its members itself.',
      { instance },
    ),
    phrase('Change it with the tools of the group, such as MySQL Shell.'),
  );
}

function primaryHold(instance: InstanceKey): Decision {
  return hold(
    phrase('{instance} is the primary of a group, which elects its own primary.', { instance }),
    phrase('Change the primary with the tools of the group, such as MySQL Shell.'),
  );
}

/**
 * Refuses what would change a member of a group that elects its own primaries, or would open a replica beside such a
 * group. Only a person may do the latter, and only while no primary of the group answers. `byItself`: without a person.
 */
export function spareGroups(decision: Decision, topology: Topology, byItself: boolean): Decision {
  if (decision.kind === 'hold' || !topology.members.some((it) => it.inGroup === true)) {
    return decision;
  }
  const { plan } = decision;
  const replaced = memberOf(topology, plan.oldMaster);
  if (replaced?.inGroup === true && (plan.kind === 'switchover' || plan.kind === 'failover')) {
    return replacement(plan, topology, byItself);
  }
  const touched = stepsOf(plan).find(
    ({ on, action }) =>
      memberOf(topology, on)?.inGroup === true &&
      !harmless.has(action.do) &&
      !(action.do === 'create-user' && !action.alone && on === topology.master),
  );
  return touched === undefined ? decision : memberHold(touched.on);
}

function replacement(plan: Plan, topology: Topology, byItself: boolean): Decision {
  const master = plan.oldMaster ?? '';
  const primary = topology.members.find((it) => answered(it)?.group?.primary === true);
  if (primary !== undefined) {
    return primaryHold(primary.key);
  }
  if (byItself) {
    return hold(
      phrase(
        '{instance} was a member of a group, which elects its own primary: a replica that reads from a group is not promoted without a person.',
        { instance: master },
      ),
      phrase('Bring the group back, or promote {candidate} yourself once no member of it runs.', {
        candidate: plan.newMaster,
      }),
    );
  }
  const check = warned(
    phrase('The group of {instance} has no primary any more', { instance: master }),
    phrase('no primary answers here; the group may have one that cannot be seen from here'),
  );
  return { kind: 'act', plan: { ...plan, checks: [...plan.checks, check] } };
}
