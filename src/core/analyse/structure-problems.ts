import { answered, keyOf, reportedName, type Server } from '../model/instance.ts';
import { errantOf } from '../model/errant.ts';
import { phrase } from '../model/phrase.ts';
import { memberOf, type Member, type Topology } from '../model/topology.ts';
import { shortList, type Census } from './census.ts';
import { keyProblem } from './key-problem.ts';
import { loggingProblems } from './logging-problems.ts';
import { omissionProblem } from './omission-problem.ts';
import type { Holding, Problem } from './problem.ts';
import { masterBehindReplicas } from './master-behind-replicas.ts';

/** How many transactions a sentence names. */
const named = 5;

/** What can be wrong with the shape of a cluster; every one that holds is a finding. */
export const structureProblems: readonly Problem<Census>[] = [
  masterBehindReplicas,
  keyProblem,
  {
    code: 'TwoWritableMasters',
    severity: 'error',
    advice: 'Make all but one read-only at once; then rejoin the others.',
    holds: ({ writableTops }) =>
      writableTops.length > 1
        ? {
            instance: null,
            says: `${String(writableTops.length)} instances accept writes and follow nobody: ${shortList(writableTops.map((it) => it.key))}.`,
            evidence: writableTops.map(({ key }) =>
              phrase('{instance} is writable and reads from nobody.', { instance: key }),
            ),
            facts: {
              count: writableTops.length,
              names: shortList(writableTops.map((it) => it.key)),
            },
          }
        : undefined,
  },
  {
    code: 'DuplicateServerUuid',
    severity: 'error',
    advice: 'Remove auto.cnf of the copy and start it again: it then makes a uuid of its own.',
    holds: ({ topology }) =>
      alike(topology.members, (it) => it.serverUuid, 'have the same server_uuid'),
  },
  {
    code: 'DuplicateServerId',
    severity: 'error',
    advice: 'Give each server a server_id of its own: replicas skip what bears their own.',
    holds: ({ topology }) =>
      alike(topology.members, (it) => it.serverId, 'have the same server_id'),
  },
  {
    code: 'DuplicateReportHost',
    severity: 'warning',
    advice:
      'Give each server a report_host (and report_port) of its own and restart it: until then not all replicas can be found.',
    holds: ({ topology }) =>
      alike(topology.members, reportedName, 'report the same name') ?? hiddenBehind(topology),
  },
  ...loggingProblems,
  {
    code: 'GroupMembers',
    severity: 'info',
    advice:
      'Change the group with its own tools; Switchover only watches its members and leads applications to its primary.',
    holds: ({ topology }) => groupMembers(topology.members),
  },
];

/** Said once for the cluster: what is not changed, and why. */
function groupMembers(all: readonly Member[]): Holding | undefined {
  const members = all.filter((it) => it.inGroup === true);
  if (members.length === 0) {
    return undefined;
  }
  const group = members.map((it) => it.lastAnswer?.server.group).find((it) => it !== undefined);
  const kind = group?.kind === 'galera' ? 'Galera' : 'Group Replication';
  const names = shortList(members.map((it) => it.key));
  const name = group?.name ?? '?';
  return {
    instance: null,
    says: `${names}: members of the ${kind} group ${name}, which elects its own primary.`,
    evidence: members.map((it) =>
      phrase('{instance}: {state}', {
        instance: it.key,
        state: it.lastAnswer?.server.group?.state ?? '?',
      }),
    ),
    facts: { names, kind, name },
  };
}

/** A source counts a replica under a name that leads to another server: where the replica itself is, nobody tells. */
function hiddenBehind(topology: Topology): Holding | undefined {
  const servers = topology.members.flatMap((it) => answered(it) ?? []);
  const found = new Set(servers.map((it) => it.serverId));
  for (const { server, source } of topology.members.flatMap(answering)) {
    for (const { serverId, host, port } of server.replicas) {
      const name = keyOf(host, port ?? server.port);
      const there = memberOf(topology, name);
      const other = answered(there)?.serverId;
      if (serverId !== null && other !== undefined && other !== serverId && !found.has(serverId)) {
        const names = String(there?.key);
        return {
          instance: null,
          says: `${source} counts a replica with server_id ${String(serverId)} that reports the name ${name}, which leads to ${names} with server_id ${String(other)}.`,
          facts: {
            names: `${names} (server_id ${String(other)}), server_id ${String(serverId)}`,
            value: name,
          },
        };
      }
    }
  }
  return undefined;
}

function answering(
  member: Member,
): readonly { readonly server: Server; readonly source: string }[] {
  const server = answered(member);
  return server === undefined ? [] : [{ server, source: member.key }];
}

/** The first value that more than one instance has. */
function alike(
  members: readonly Member[],
  read: (server: Server) => string | number | null,
  says: string,
): Holding | undefined {
  const byValue = new Map<string | number, readonly Member[]>();
  for (const member of members) {
    const server = answered(member);
    const value = server === undefined ? null : read(server);
    if (value !== null) {
      byValue.set(value, [...(byValue.get(value) ?? []), member]);
    }
  }
  const [same] = [...byValue].filter(([, all]) => all.length > 1);
  if (same === undefined) {
    return undefined;
  }
  const [value, all] = same;
  const names = shortList(all.map((it) => it.key));
  return {
    instance: null,
    says: `${names} ${says}: ${String(value)}.`,
    facts: { names, value },
  };
}

/** What can be wrong with one instance beside the master. */
export const memberProblems: readonly Problem<{
  readonly member: Member;
  readonly census: Census;
}>[] = [
  {
    code: 'ErrantGtid',
    severity: 'warning',
    advice: 'Find out what they are: it is not promoted, and cannot rejoin, while it has them.',
    holds: ({ member, census }) => errant(member, census),
  },
  omissionProblem,
  {
    code: 'NeedsRejoin',
    severity: 'warning',
    advice: 'Rejoin it as a replica.',
    holds: ({ member, census: { master } }) =>
      member.role === 'detached' && master !== undefined && master.unheard !== true
        ? {
            instance: member.key,
            says: `${member.key} is outside: it needs to rejoin as a replica of ${master.key}.`,
            facts: { instance: member.key, master: master.key },
          }
        : undefined,
  },
  {
    code: 'SeveralSources',
    severity: 'info',
    advice: 'Change its replication by hand: no plan touches an instance with several sources yet.',
    holds: ({ member, census }) => {
      const sources = readFrom(member);
      const list = shortList(sources.map((it) => placed(it, census.topology)));
      return sources.length > 1
        ? {
            instance: member.key,
            says: `${member.key} reads from ${String(sources.length)} sources: ${list}.`,
            facts: { instance: member.key, count: sources.length, list },
          }
        : undefined;
    },
  },
  {
    code: 'OutsideSource',
    severity: 'info',
    advice:
      'Nothing needs to be done. It is replaced when it dies; the new master is then pointed at that source by hand.',
    holds: ({ member, census: { topology } }) => {
      const list = shortList(readFrom(member).filter((it) => memberOf(topology, it) === undefined));
      return member.role === 'master' && list !== ''
        ? {
            instance: member.key,
            says: `${member.key} is the master and reads from ${list}, outside the cluster.`,
            facts: { instance: member.key, list },
          }
        : undefined;
    },
  },
  {
    code: 'MissingRights',
    severity: 'info',
    advice: 'Grant the rights that the README names for the monitor user.',
    holds: ({ member }) => {
      const missing = answered(member)?.missing ?? [];
      return missing.length === 0
        ? undefined
        : {
            instance: member.key,
            says: `Our user lacks rights on ${member.key}: ${missing.join('; ')}.`,
            facts: { instance: member.key, missing: missing.join('; ') },
          };
    },
  },
];

/**
 * Members of a group commit at the same time: two looks one after the other show a difference that is none. What one with
 * several sources has of another cluster is not its own.
 */
function isCompared(member: Member, master: Member | undefined): boolean {
  return member.inGroup !== true && member.key !== master?.key && readFrom(member).length < 2;
}

function readFrom(member: Member): readonly string[] {
  return (answered(member)?.channels ?? [])
    .filter((it) => it.source.host !== '')
    .map((it) => keyOf(it.source.host, it.source.port));
}

function placed(name: string, topology: Topology): string {
  return memberOf(topology, name) === undefined ? `${name} (outside)` : name;
}

function errant(member: Member, { masterServer, master }: Census): Holding | undefined {
  const server = answered(member);
  if (server === undefined || masterServer === undefined || !isCompared(member, master)) {
    return undefined;
  }
  const { count, list } = errantOf(server, masterServer, named);
  if (count === 0) {
    return undefined;
  }
  const more = count > list.length ? ' and more' : '';
  return {
    instance: member.key,
    says: `${member.key} has ${String(count)} ${count === 1 ? 'transaction' : 'transactions'} that ${String(master?.key)} lacks: ${list.join(', ')}${more}.`,
    facts: { instance: member.key, master: String(master?.key), count, list: list.join(', ') },
  };
}
