import { answered, keyOf, type InstanceKey } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import { stepsOf, type Action, type Decision, type Plan } from '../model/plan.ts';
import { memberOf, type Member, type Topology } from '../model/topology.ts';

/** What changes how a server replicates, or whether it takes writes. */
const touching: ReadonlySet<Action['do']> = new Set<Action['do']>([
  'set-read-only',
  'set-writable',
  'start-applier',
  'stop-receiver',
  'start-receiver',
  'stop-replication',
  'start-replication',
  'forget-source',
  'point-at',
  'change-source-options',
]);

/** Whether it reads from more than one source: statements that name no channel would be meant for all, or make one more. */
export function hasSeveralSources(member: Member): boolean {
  return channelsOf(member).length > 1;
}

/**
 * The decision, or why it is held: its plan would touch an instance that reads from several sources, or a master that reads
 * from outside the cluster. A former master that takes writes is closed all the same.
 */
export function sparingSeveralSources(decision: Decision, topology: Topology): Decision {
  const because = decision.kind === 'act' ? objectionsTo(decision.plan, topology) : [];
  return because.length === 0
    ? decision
    : {
        kind: 'hold',
        refusal: {
          because,
          instead: [
            phrase(
              'Change its replication by hand; the other instances can still be changed from here.',
            ),
          ],
          checks: [],
        },
      };
}

function objectionsTo(plan: Plan, topology: Topology): readonly Phrase[] {
  if (plan.kind === 'fence') {
    return [];
  }
  const touched = stepsOf(plan)
    .filter((it) => touching.has(it.action.do))
    .map((it) => memberOf(topology, it.on))
    .filter((it) => it !== undefined);
  return [...new Set(touched)].flatMap((it) => objectionTo(topology, it) ?? []);
}

function objectionTo(topology: Topology, member: Member): Phrase | undefined {
  const sources = sourcesOf(member);
  if (hasSeveralSources(member)) {
    return phrase(
      '{instance} reads from several sources ({sources}): no plan changes its replication yet.',
      { instance: member.key, sources: sources.join(', ') },
    );
  }
  const outside = sources.filter((it) => memberOf(topology, it) === undefined);
  return member.key === topology.master && outside.length > 0
    ? phrase(
        '{instance} reads from {sources}, outside the cluster: no plan changes its replication yet.',
        { instance: member.key, sources: outside.join(', ') },
      )
    : undefined;
}

function sourcesOf(member: Member): readonly InstanceKey[] {
  return channelsOf(member).map((it) => keyOf(it.source.host, it.source.port));
}

function channelsOf(member: Member) {
  const server = answered(member) ?? member.lastAnswer?.server;
  return (server?.channels ?? []).filter((it) => it.source.host !== '');
}
