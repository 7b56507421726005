import { answered, splitKey, type InstanceKey } from '../model/instance.ts';
import type { Place } from '../model/plan.ts';
import { phrase } from '../model/phrase.ts';
import { memberOf, type Member } from '../model/topology.ts';
import { samePlace, stopReplication, verifyReplicating, waitForMark } from './drafts.ts';
import type { Ground } from './ground.ts';
import { demandOf, readsEncrypted } from './source-demands.ts';
import { draft, type Draft } from './steps.ts';

export interface Following {
  readonly source: InstanceKey;
  readonly place: Place;
  /** true for a server that never had a source: it gets the replication user of the settings. */
  readonly withCredentials: boolean;
}

/** True when both find their place by themselves, so that nobody needs exact coordinates. */
export function placesByGtid(
  ground: Pick<Ground, 'topology'>,
  keys: readonly InstanceKey[],
): boolean {
  return keys.every((key) => {
    const member = memberOf(ground.topology, key);
    const server = answered(member) ?? member?.lastAnswer?.server;
    const byFile = server?.channels.some((it) => it.method === 'file') ?? false;
    return server !== undefined && server.gtid.kind !== 'off' && !byFile;
  });
}

/** The lane that makes an instance a replica of `source`. */
export function followLane(ground: Ground, member: Member, following: Following): readonly Draft[] {
  const { source, place, withCredentials } = following;
  const channel = answered(member)?.channels[0];
  const below = memberOf(ground.topology, source);
  const template = channel ?? answered(below)?.channels[0];
  const { host, port } = splitKey(source);
  return [
    ...(channel === undefined
      ? []
      : [
          draft(
            ground,
            member.key,
            { do: 'stop-replication' },
            { says: stopReplication(member.key) },
          ),
        ]),
    draft(
      ground,
      member.key,
      {
        do: 'point-at',
        source,
        host,
        port,
        place,
        withCredentials,
        tls: encrypts(ground, member, following),
        connectRetrySeconds: Math.min(template?.connectRetrySeconds ?? 10, 10),
      },
      { says: phrase('Point {instance} at {source}.', { instance: member.key, source }) },
    ),
    draft(
      ground,
      member.key,
      { do: 'start-replication' },
      { says: phrase('Start replication on {instance}.', { instance: member.key }) },
    ),
    verifyReplicating(ground, member.key, source),
  ];
}

/** As the one it reads from now, or else as its new source reads, and as its account demands there. */
function encrypts(ground: Ground, member: Member, { source, withCredentials }: Following): boolean {
  const channel = answered(member)?.channels[0];
  const below = memberOf(ground.topology, source);
  const user = withCredentials ? ground.policy.replicationUser : (channel?.user ?? null);
  return readsEncrypted(
    channel ?? answered(below)?.channels[0],
    answered(member),
    answered(below) ?? below?.lastAnswer?.server,
    demandOf(ground, source, { user, replica: member.key, server: answered(member) }),
  );
}

/** One that finds its place by file does not make the others do so. */
export function followerLane(ground: Ground, it: Member, source: InstanceKey): readonly Draft[] {
  const byGtid = placesByGtid(ground, [source, it.key]);
  const place: Place = byGtid ? { by: 'gtid', adopt: false } : { by: 'mark', mark: 'handover' };
  return [
    // Without GTID a replica can follow only if it applied exactly as much: there the one known place is.
    ...(byGtid
      ? []
      : [waitForMark(ground, it.key, 'applied', source), samePlace(ground, it.key, source)]),
    ...followLane(ground, it, { source, place, withCredentials: false }),
  ];
}
