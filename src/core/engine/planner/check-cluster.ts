import type { FixContext } from '../../decide/candidates/fix-checks.ts';
import { planFix } from '../../decide/plans/plan-fix.ts';
import { hold, type PlanningContext } from '../../decide/planning-context.ts';
import { spareGroups } from '../../decide/spare-groups.ts';
import { examine } from '../../doctor/examine.ts';
import type { CheckUp } from '../../model/check-up.ts';
import type {
  CheckReport,
  DoctorItem,
  Instruction,
  SpelledInstruction,
} from '../../model/doctor.ts';
import { answered, type InstanceKey } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Decision, Wish } from '../../model/plan.ts';
import { memberOf, type Topology } from '../../model/topology.ts';
import type { Examiner, Instruct } from '../../ports.ts';

/** What a check needs of the world. */
export interface CheckNeeds {
  readonly examiner: Examiner;
  readonly instruct: Instruct;
}

/** Asks every instance that answered what no round asks, and tells all that would break or slow a recovery. */
export async function checkCluster(
  context: PlanningContext,
  needs: CheckNeeds,
  signal: AbortSignal,
): Promise<CheckReport> {
  const fixContext = await examined(context, needs, signal);
  const { topology, checkUps } = fixContext;
  return {
    cluster: topology.cluster,
    at: topology.at,
    items: itemsOf(fixContext).map((item) => ({
      ...item,
      fix: sparingFix(planFix(fixContext, item), topology),
      instructions: item.byHand.map(({ on, instruction }) =>
        spelled(fixContext, on, instruction, needs),
      ),
    })),
    unasked: [
      ...topology.members.flatMap(({ key, unheard, probe }) =>
        unheard === true && probe.kind === 'silent' ? [{ instance: key, says: probe.says }] : [],
      ),
      ...[...checkUps.values()].flatMap(({ instance, unasked }) =>
        unasked.map((says) => ({ instance, says })),
      ),
    ],
  };
}

function sparingFix(fix: Decision | null, topology: Topology): Decision | null {
  return fix === null ? null : spareGroups(fix, topology, false);
}

/** The plan for one thing that the doctor found, after looking for it again. */
export async function decideFix(
  { instance, item: code }: Extract<Wish, { readonly kind: 'fix' }>,
  context: PlanningContext,
  needs: CheckNeeds,
  signal: AbortSignal,
): Promise<Decision> {
  const fixContext = await examined(context, needs, signal);
  const subject = memberOf(context.topology, instance)?.key ?? instance;
  const item = itemsOf(fixContext).find((it) => it.code === code && it.instance === subject);
  if (item === undefined) {
    return hold(
      phrase('{instance} does not show that any more: {item}.', { instance: subject, item: code }),
      phrase('Check the cluster again.'),
    );
  }
  return planFix(fixContext, item) ?? hold(item.says, item.advice);
}

function itemsOf({ topology, policy, checkUps }: FixContext): readonly DoctorItem[] {
  return examine(topology, policy, checkUps);
}

async function examined(
  context: PlanningContext,
  { examiner }: CheckNeeds,
  signal: AbortSignal,
): Promise<FixContext> {
  const { topology, policy } = context;
  const asked = topology.members.flatMap((member) => {
    const server = answered(member);
    return server === undefined ? [] : [{ instance: member.key, address: member.address, server }];
  });
  // Also users that only a replica names: the settings may name another, or none.
  const named = asked.flatMap(({ server }) => server.channels.map((it) => it.user));
  const users = [...new Set([...named, policy.replicationUser ?? ''])].filter((it) => it !== '');
  const all = await Promise.all(
    asked.map((it) => examiner.examine(it, { users, mode: policy.mode }, signal)),
  );
  const checkUps = new Map<InstanceKey, CheckUp>(all.map((it) => [it.instance, it]));
  return { ...context, checkUps };
}

function spelled(
  { topology }: FixContext,
  on: InstanceKey,
  instruction: Instruction,
  { instruct }: CheckNeeds,
): SpelledInstruction {
  return instruct(on, instruction, memberOf(topology, on)?.lastAnswer?.server);
}
