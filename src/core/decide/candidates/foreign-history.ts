import { answered, type Server } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import { executedOf } from '../../model/server-position.ts';
import { memberOf, type Member, type Topology } from '../../model/topology.ts';
import { check } from '../planning-context.ts';

/**
 * True when another server answers at the address of a member, as after somebody gave its port away: it has written or
 * taken something, and nothing that it holds was written by anybody whom the others of the cluster know. False wherever
 * that is not certain: without GTID, with an empty history, where the master of a MariaDB cluster does not log what it
 * takes from others, so that it forgets who wrote before it, or where the others hold nothing but what they wrote
 * themselves: a former master of a cluster that nobody had written to before need not have any of that.
 */
export function isStranger(topology: Topology, member: Member): boolean {
  const server = answered(member);
  const master = memberOf(topology, topology.master);
  if (server === undefined || master === undefined || master.key === member.key) {
    return false;
  }
  const others = topology.members.filter((it) => it.key !== member.key);
  const known = new Set(others.flatMap((it) => writersIn(lastServer(it))));
  const mine = writersIn(server);
  return (
    mine.length > 0 &&
    remembersWriters(lastServer(master), server) &&
    [...known].some((it) => !others.some((other) => wroteAs(lastServer(other), it))) &&
    !mine.some((it) => known.has(it)) &&
    !known.has(server.serverUuid?.toLowerCase() ?? '')
  );
}

/** Whether it is this server that is called so among the writers of a history. */
function wroteAs(server: Server | undefined, writer: string): boolean {
  return server?.gtid.kind === 'mysql'
    ? writer === server.serverUuid?.toLowerCase()
    : writer.endsWith(`-${String(server?.serverId)}`);
}

/** Whether `master` can be compared with `server`, and knows who wrote before it. */
function remembersWriters(master: Server | undefined, server: Server): boolean {
  return (
    master?.gtid.kind === server.gtid.kind &&
    writersIn(master).length > 0 &&
    (master.gtid.kind === 'mysql' || master.logsReplicaUpdates)
  );
}

/** Who wrote what a server holds: UUIDs on MySQL, `domain-server` on MariaDB. Empty without GTID. */
function writersIn(server: Server | undefined): readonly string[] {
  const executed = server === undefined ? null : executedOf(server);
  switch (executed?.kind) {
    case 'gtid-set':
      return [...executed.set.intervals.keys()].map((it) => it.split(':', 1)[0] ?? it);
    case 'mariadb':
      return [...executed.position.last.keys()];
    default:
      return [];
  }
}

function lastServer(member: Member): Server | undefined {
  return answered(member) ?? member.lastAnswer?.server;
}

/** For what is done without a person. */
export function sameHistoryCheck(topology: Topology, member: Member): Check {
  const stranger = isStranger(topology, member);
  return check(
    !stranger,
    phrase('{instance} is a server of this cluster', { instance: member.key }),
    stranger
      ? phrase(
          'it has no transaction in common with the cluster, so another server may answer at its address: look who it is, and close it by hand if it is the former master',
        )
      : phrase('nothing says otherwise'),
  );
}
