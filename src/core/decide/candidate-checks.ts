import { answered, type Channel, type Server } from '../model/instance.ts';
import type { Check } from '../model/plan.ts';
import { memberOf, type Member } from '../model/topology.ts';
import { check, failed, passed, warned, type Ground } from './ground.ts';

/** What every new master must be, whoever asks for it. */
export function candidateChecks(
  ground: Ground,
  candidate: Member,
  server: Server,
): readonly Check[] {
  const rule = ground.policy.promotionRules[candidate.key] ?? 'neutral';
  return [
    modeCheck(ground),
    check(rule !== 'must-not', `${candidate.key} may be promoted`, `promotion rule ${rule}`),
    check(server.binlog, `${candidate.key} writes a binary log`, `log_bin ${onOff(server.binlog)}`),
    check(
      server.logsReplicaUpdates,
      `${candidate.key} logs what it replicates`,
      `log_replica_updates ${onOff(server.logsReplicaUpdates)}`,
    ),
    filterCheck(candidate, server.channels),
    ...versionChecks(ground, candidate, server),
  ];
}

export function modeCheck({ policy }: Ground): Check {
  return check(
    policy.mode === 'manage',
    `Changes to ${policy.cluster} are allowed`,
    `mode ${policy.mode}`,
  );
}

/** The replication user is needed by every server that never was a replica; without it the old master stays outside. */
export function credentialCheck({ policy }: Ground, forWhom: string): Check {
  const says = `The replication user for ${forWhom} is known`;
  if (policy.replicationUser === null) {
    return failed(says, 'the setting replicationUser is missing');
  }
  return policy.replicationPasswordKnown
    ? passed(says, `'${policy.replicationUser}'`)
    : failed(says, `the password of '${policy.replicationUser}' is not known; set it first`);
}

export function lagCheck({ policy }: Ground, candidate: Member, channel: Channel): Check {
  const { lagSeconds } = channel;
  const says = `${candidate.key} lags at most ${String(policy.reasonableLagSeconds)} s`;
  // NULL is unknown, and unknown is not zero: Orchestrator took it so and left a cluster without a writable server.
  return lagSeconds === null
    ? failed(says, 'its lag is unknown')
    : check(lagSeconds <= policy.reasonableLagSeconds, says, `${String(lagSeconds)} s`);
}

function filterCheck(candidate: Member, channels: readonly Channel[]): Check {
  const filtered = channels.some((it) => it.filtered);
  return check(
    !filtered,
    `${candidate.key} replicates everything`,
    filtered ? 'it has replication filters' : 'no replication filters',
  );
}

/** A server replicates from one of its own release or an older one. */
function versionChecks({ topology }: Ground, candidate: Member, server: Server): readonly Check[] {
  return topology.members
    .filter((it) => it.key !== candidate.key)
    .flatMap((it) => {
      const other = answered(it);
      return other !== undefined && olderSeries(other, server)
        ? [
            warned(
              `${it.key} can follow ${candidate.key}`,
              `${other.version} would read from the newer ${server.version}`,
            ),
          ]
        : [];
    });
}

function olderSeries(a: Server, b: Server): boolean {
  return (
    a.release[0] < b.release[0] || (a.release[0] === b.release[0] && a.release[1] < b.release[1])
  );
}

function onOff(value: boolean): string {
  return value ? 'ON' : 'OFF';
}

export function memberServer(ground: Ground, key: string | null): Server | undefined {
  return answered(memberOf(ground.topology, key));
}
