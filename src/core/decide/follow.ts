import { answered, splitKey, type InstanceKey } from '../model/instance.ts';
import type { Place } from '../model/plan.ts';
import { phrase } from '../model/phrase.ts';
import { memberOf, type Member } from '../model/topology.ts';
import { stopReplication, verifyReplicating } from './drafts.ts';
import type { Ground } from './ground.ts';
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
  const template = channel ?? answered(memberOf(ground.topology, source))?.channels[0];
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
        tls: template?.tls ?? false,
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
