import { answered, type Server } from '../model/instance.ts';
import type { Finding } from '../model/finding.ts';
import { phrase } from '../model/phrase.ts';
import {
  isToConfirm,
  memberOf,
  replicasOf,
  type Outsider,
  type Topology,
} from '../model/topology.ts';
import { shortList } from './census.ts';

/** What may be done about each, by its code. */
export const membershipAdvice = {
  UnconfirmedInstance:
    'Confirm it if it belongs to the cluster, else ignore it. Settings that list "members" need no confirmation.',
  UnreadSemiSyncReplicas: 'Confirm the replicas that are not confirmed yet.',
  MembersToReview: 'Confirm them, and ignore those that do not belong to the cluster.',
} as const;

/** More are not told one by one. */
const most = 20;

/** Who is named and not part of the cluster, and what that may cost. */
export function membershipProblems(topology: Topology): readonly Finding[] {
  return [
    ...unconfirmed(topology),
    ...unreadAcknowledgers(topology),
    ...waitingForReview(topology),
  ];
}

function unconfirmed(topology: Topology): readonly Finding[] {
  const { cluster, outsiders = [] } = topology;
  const waiting = outsiders.filter(isToConfirm);
  return waiting.slice(0, most).map((it): Finding => {
    const names = shortList(it.namedBy);
    return {
      code: 'UnconfirmedInstance',
      severity: hasReplicas(topology) ? 'warning' : 'error',
      instance: it.key,
      says: `${it.key} is not confirmed as a member of ${cluster}: Switchover does not log in to it.`,
      evidence: [
        it.why === 'changed'
          ? phrase('Another server than the confirmed one answered to this name.')
          : names === ''
            ? phrase('It was seen in this cluster before.')
            : phrase('It is named by {list}.', { list: names }),
        ...(hasReplicas(topology)
          ? []
          : [phrase('No replica of the master is a member, so none can be promoted.')]),
        ...others(waiting),
      ],
      advice: membershipAdvice.UnconfirmedInstance,
      facts: { instance: it.key },
    };
  });
}

function others(waiting: readonly Outsider[]): Finding['evidence'] {
  return waiting.length > most
    ? [phrase('{count} more are not confirmed.', { count: waiting.length - most })]
    : [];
}

function hasReplicas(topology: Topology): boolean {
  return topology.master === null || replicasOf(topology, topology.master).length > 0;
}

/** One that acknowledges and is not read may alone hold what the master told its clients was safe. */
function unreadAcknowledgers(topology: Topology): readonly Finding[] {
  const master = memberOf(topology, topology.master);
  const server = answered(master);
  if (master === undefined || server === undefined) {
    return [];
  }
  const count = acknowledging(server);
  const read = replicasOf(topology, master.key).filter(
    ({ lastAnswer }) => lastAnswer === null || lastAnswer.server.semiSync.replica?.enabled === true,
  ).length;
  const hasUnread = topology.outsiders !== undefined || server.replicas.length > read;
  return count > read && hasUnread
    ? [
        {
          code: 'UnreadSemiSyncReplicas',
          severity: 'warning',
          instance: master.key,
          says: `${master.key} counts ${String(count)} semi-sync replicas, and ${String(read)} of them are members that Switchover reads.`,
          evidence: [
            phrase('The others may hold acknowledged writes that no member holds.'),
            phrase('At a failover "onPossibleLoss" says what happens then.'),
          ],
          advice: membershipAdvice.UnreadSemiSyncReplicas,
          facts: { instance: master.key, count, read },
        },
      ]
    : [];
}

/** How many replicas a server waits for to acknowledge, as far as it knows; 0 where it does not wait. */
function acknowledging({ semiSync: { source } }: Server): number {
  return source?.enabled === true && source.active ? source.clients : 0;
}

function waitingForReview({ cluster, toReview = [] }: Topology): readonly Finding[] {
  const names = shortList(toReview);
  return toReview.length === 0
    ? []
    : [
        {
          code: 'MembersToReview',
          severity: 'info',
          instance: null,
          says: `Members of ${cluster} because they replicated before members were confirmed: ${names}.`,
          evidence: [],
          advice: membershipAdvice.MembersToReview,
          facts: { names },
        },
      ];
}
