import { answered, type InstanceKey, type Server } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { Member, Topology } from '../../model/topology.ts';
import { check } from '../planning-context.ts';

/**
 * Another member that bears the same server_id or server_uuid, as a cloned machine does. What a server wrote itself is
 * told by them: where two share one, nothing proves any more who holds what, and replicas skip what bears their own.
 */
export function twinOf(topology: Topology, member: Member): InstanceKey | undefined {
  const server = lastServer(member);
  return server === undefined
    ? undefined
    : topology.members.find((it) => it.key !== member.key && areTwins(server, lastServer(it)))?.key;
}

export function twinCheck(topology: Topology, member: Member): Check {
  const twin = twinOf(topology, member);
  return check(
    twin === undefined,
    phrase('{instance} has a server_id and server_uuid of its own', { instance: member.key }),
    twin === undefined
      ? phrase('nobody else has them')
      : phrase('{twin} has the same; give one of them its own and restart it', { twin }),
  );
}

function areTwins(server: Server, other: Server | undefined): boolean {
  return (
    other !== undefined &&
    (server.serverId === other.serverId ||
      (server.serverUuid !== null && server.serverUuid === other.serverUuid))
  );
}

function lastServer(member: Member): Server | undefined {
  return answered(member) ?? member.lastAnswer?.server;
}
