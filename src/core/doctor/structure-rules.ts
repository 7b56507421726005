import { answered, olderSeries, splitKey, type Server } from '../model/instance.ts';
import { phrase, plain } from '../model/phrase.ts';
import { isReplica, type DoctorRule, type Diagnosis, type DoctorSubject } from './doctor-rule.ts';

/** How servers are named, what they log and how they find their place. */
export const structureRules: readonly DoctorRule[] = [
  {
    code: 'DuplicateServerUuid',
    gravity: 'breaks',
    why: phrase('A replica takes what its twin wrote for its own and leaves it out.'),
    holds: ({ server, member, topology }) => {
      const twin = earlierTwin(topology.members, member.key, (it) => it.serverUuid);
      return twin === undefined
        ? undefined
        : {
            says: phrase('{instance} and {twin} have the same server_uuid: {value}.', {
              instance: member.key,
              twin,
              value: server?.serverUuid ?? '',
            }),
            advice: phrase('Stop the copy, remove auto.cnf from its data directory and start it.'),
            byHand: [
              {
                on: member.key,
                instruction: { do: 'run', command: 'rm <data directory>/auto.cnf' },
              },
            ],
          };
    },
  },
  {
    code: 'DuplicateServerId',
    gravity: 'breaks',
    why: phrase(
      'A replica leaves out what bears its own server_id, and a master turns twins away in turn.',
    ),
    holds: duplicateId,
  },
  {
    code: 'BinlogOff',
    gravity: 'breaks',
    why: phrase('Nobody could replicate from it, so it cannot be promoted.'),
    holds: ({ server, member }) =>
      server?.binlog === false
        ? {
            says: phrase('{instance} writes no binary log.', { instance: member.key }),
            evidence: [plain('log_bin = OFF')],
            advice: phrase('Switch it on and restart the server.'),
            byHand: [optionLines(member.key, [['log_bin', 'binlog']])],
          }
        : undefined,
  },
  {
    code: 'ReplicaUpdatesNotLogged',
    gravity: 'breaks',
    why: phrase('Once promoted it could not give the others what it had replicated itself.'),
    holds: ({ server, member }) =>
      server?.logsReplicaUpdates === false && server.binlog
        ? {
            says: phrase('{instance} does not log what it replicates.', { instance: member.key }),
            evidence: [plain('log_replica_updates = OFF')],
            advice: phrase('Switch it on and restart the server.'),
            byHand: [optionLines(member.key, [['log_replica_updates', 'ON']])],
          }
        : undefined,
  },
  {
    code: 'NoGtid',
    gravity: 'breaks',
    why: phrase('After a failover, replicas that stand at different places cannot all follow.'),
    holds: ({ server, member }) =>
      server?.gtid.kind === 'off'
        ? {
            says: phrase('{instance} uses no GTIDs.', { instance: member.key }),
            evidence: [plain('gtid_mode')],
            advice: phrase('Switch GTIDs on, one step on all servers before the next.'),
            byHand: [{ on: member.key, instruction: { do: 'switch-gtid-on' } }],
          }
        : undefined,
  },
  {
    code: 'PlaceNotByGtid',
    gravity: 'breaks',
    why: phrase(
      'Pointed at another source it would have to be told an exact file and offset, which only the old master knows.',
    ),
    holds: placeByFile,
  },
  {
    code: 'ReplicaOlderThanSource',
    gravity: 'breaks',
    why: phrase('A server may meet statements of a newer one that it does not know, and stop.'),
    holds: ({ server, member, source }) => {
      const other = answered(source);
      return server !== undefined && other !== undefined && olderSeries(server, other)
        ? {
            says: phrase('{instance} ({version}) reads from the newer {source} ({newer}).', {
              instance: member.key,
              version: server.version,
              source: source?.key ?? '',
              newer: other.version,
            }),
            advice: phrase('Upgrade the replica before its source.'),
          }
        : undefined;
    },
  },
  {
    code: 'ReportHostMissing',
    gravity: 'slows',
    why: phrase(
      'Its master does not tell how to reach it: it may be found late or under a second name.',
    ),
    holds: (subject) => {
      const { server, member } = subject;
      const { host, port } = splitKey(member.key);
      return isReplica(subject) && server?.reportHost === null
        ? {
            says: phrase('{instance} does not report its name to its master.', {
              instance: member.key,
            }),
            evidence: [plain('report_host =')],
            advice: phrase('Name it in its option file and restart the server.'),
            byHand: [
              optionLines(member.key, [
                ['report_host', host],
                ['report_port', String(port)],
              ]),
            ],
          }
        : undefined;
    },
  },
  {
    code: 'PurgedBinlogsNeeded',
    gravity: 'breaks',
    why: phrase('It cannot go on from where it stands, from nobody.'),
    holds: ({ channel, member }) => {
      const fault = channel?.receiverError ?? null;
      return fault?.code === 1236 &&
        channel?.receiver !== 'yes' &&
        /purged|could not find first log file/i.test(fault.message)
        ? {
            says: phrase('{instance} needs binary logs that {source} no longer has.', {
              instance: member.key,
              source: member.source ?? '',
            }),
            evidence: [plain(fault.message)],
            advice: phrase('Rebuild it from its source or from another replica.'),
          }
        : undefined;
    },
  },
];

type OptionLine = Extract<
  NonNullable<Diagnosis['byHand']>[number]['instruction'],
  { do: 'option-lines' }
>['options'][number];

function optionLines(
  on: string,
  lines: readonly (readonly [OptionLine['name'], string])[],
): NonNullable<Diagnosis['byHand']>[number] {
  const options = lines.map(([name, value]) => ({ name, value }));
  return { on, instruction: { do: 'option-lines', options, restart: true } };
}

/** The first other instance with the same value; the master never yields to a twin. */
function earlierTwin(
  members: DoctorSubject['topology']['members'],
  key: string,
  read: (server: NonNullable<DoctorSubject['server']>) => string | number | null,
): string | undefined {
  const masterFirst = members.toSorted(
    (a, b) => Number(b.role === 'master') - Number(a.role === 'master'),
  );
  const place = masterFirst.findIndex((it) => it.key === key);
  const own = answered(masterFirst[place]);
  const value = own === undefined ? null : read(own);
  return value === null
    ? undefined
    : masterFirst.slice(0, Math.max(place, 0)).find((it) => {
        const server = answered(it);
        return server !== undefined && read(server) === value;
      })?.key;
}

function duplicateId({ server, member, topology }: DoctorSubject): Diagnosis | undefined {
  const twin = earlierTwin(topology.members, member.key, (it) => it.serverId);
  if (twin === undefined || server === undefined) {
    return undefined;
  }
  const known = topology.members.map(
    (it) => (answered(it) ?? it.lastAnswer?.server)?.serverId ?? 0,
  );
  const free = Math.max(...known) + 1;
  return {
    says: phrase('{instance} and {twin} have the same server_id: {value}.', {
      instance: member.key,
      twin,
      value: server.serverId,
    }),
    advice: phrase('Give {instance} a server_id of its own: {value} is free.', {
      instance: member.key,
      value: free,
    }),
    remedy: { settings: [{ name: 'server_id', value: free }], restarts: true },
  };
}

function placeByFile({ server, member, channel, source }: DoctorSubject): Diagnosis | undefined {
  const other = answered(source);
  if (channel?.method !== 'file' || server === undefined || !bothByGtid(server, other)) {
    return undefined;
  }
  // A server that was loaded from a dump without its place would begin at the beginning.
  const knowsPlace = server.gtid.kind !== 'mariadb' || server.gtid.slavePos !== '';
  return {
    says: phrase('{instance} finds its place by file and offset, although both use GTIDs.', {
      instance: member.key,
    }),
    evidence: [plain(`${channel.received.file}:${String(channel.received.offset)}`)],
    advice: phrase('Let it find its place by GTID.'),
    remedy: knowsPlace ? { options: { byGtid: true } } : null,
  };
}

function bothByGtid(server: Server, other: Server | undefined): boolean {
  return server.gtid.kind !== 'off' && other?.gtid.kind === server.gtid.kind;
}
