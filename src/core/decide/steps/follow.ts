import { answered, splitKey, type InstanceKey } from '../../model/instance.ts';
import type { Place } from '../../model/plan.ts';
import { phrase } from '../../model/phrase.ts';
import { memberOf, type Member } from '../../model/topology.ts';
import { samePlace, stopReplication, verifyReplicating, waitForMark } from './drafts.ts';
import type { PlanningContext } from '../planning-context.ts';
import { demandOf, readsEncrypted } from '../candidates/source-demands.ts';
import { draft, type Draft } from './steps.ts';

export interface Following {
  readonly source: InstanceKey;
  readonly place: Place;
  /** true for a server that never had a source: it gets the replication user of the settings. */
  readonly withCredentials: boolean;
}

/** True when both find their place by themselves, so that nobody needs exact coordinates. */
export function placesByGtid(
  context: Pick<PlanningContext, 'topology'>,
  keys: readonly InstanceKey[],
): boolean {
  return keys.every((key) => {
    const member = memberOf(context.topology, key);
    const server = answered(member) ?? member?.lastAnswer?.server;
    const byFile = server?.channels.some((it) => it.method === 'file') ?? false;
    return server !== undefined && server.gtid.kind !== 'off' && !byFile;
  });
}

/** The lane that makes an instance a replica of `source`. */
export function followLane(
  context: PlanningContext,
  member: Member,
  following: Following,
): readonly Draft[] {
  const { source, place, withCredentials } = following;
  const channel = answered(member)?.channels[0];
  const below = memberOf(context.topology, source);
  const template = channel ?? answered(below)?.channels[0];
  const { host, port } = splitKey(source);
  return [
    ...(channel === undefined
      ? []
      : [
          draft(
            context,
            member.key,
            { do: 'stop-replication' },
            { says: stopReplication(member.key) },
          ),
        ]),
    draft(
      context,
      member.key,
      {
        do: 'point-at',
        source,
        host,
        port,
        place,
        withCredentials,
        tls: encrypts(context, member, following),
        connectRetrySeconds: Math.min(template?.connectRetrySeconds ?? 10, 10),
      },
      { says: phrase('Point {instance} at {source}.', { instance: member.key, source }) },
    ),
    draft(
      context,
      member.key,
      { do: 'start-replication' },
      { says: phrase('Start replication on {instance}.', { instance: member.key }) },
    ),
    verifyReplicating(context, member.key, source),
  ];
}

/** As the one it reads from now, or else as its new source reads, and as its account demands there. */
function encrypts(
  context: PlanningContext,
  member: Member,
  { source, withCredentials }: Following,
): boolean {
  const channel = answered(member)?.channels[0];
  const below = memberOf(context.topology, source);
  const user = withCredentials ? context.policy.replicationUser : (channel?.user ?? null);
  return readsEncrypted(
    channel ?? answered(below)?.channels[0],
    answered(member),
    answered(below) ?? below?.lastAnswer?.server,
    demandOf(context, source, { user, replica: member.key, server: answered(member) }),
  );
}

/** One that finds its place by file does not make the others do so. */
export function followerLane(
  context: PlanningContext,
  it: Member,
  source: InstanceKey,
): readonly Draft[] {
  const byGtid = placesByGtid(context, [source, it.key]);
  const place: Place = byGtid ? { by: 'gtid', adopt: false } : { by: 'mark', mark: 'handover' };
  return [
    // Without GTID a replica can follow only if it applied exactly as much: there the one known place is.
    ...(byGtid
      ? []
      : [waitForMark(context, it.key, 'applied', source), samePlace(context, it.key, source)]),
    ...followLane(context, it, { source, place, withCredentials: false }),
  ];
}
