import {
  answered,
  olderSeries,
  type Channel,
  type InstanceKey,
  type Server,
} from '../../model/instance.ts';
import { unfitForReplication } from '../../model/password-shape.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import { memberOf, type Member } from '../../model/topology.ts';
import { opennessChecks } from './openness.ts';
import { check, failed, passed, warned, type PlanningContext } from '../planning-context.ts';
import { twinCheck } from './twins.ts';
import { omissionCheck } from './omission-checks.ts';

/** What every new master must be, whoever asks for it. */
export function candidateChecks(
  context: PlanningContext,
  candidate: Member,
  server: Server,
): readonly Check[] {
  const instance = candidate.key;
  const rule = context.policy.promotionRules[instance] ?? 'neutral';
  return [
    modeCheck(context),
    check(
      rule !== 'must-not',
      phrase('{instance} may be promoted', { instance }),
      phrase('promotion rule {rule}', { rule }),
    ),
    binlogCheck(instance, server, plain(`log_bin ${onOff(server.binlog)}`)),
    check(
      server.logsReplicaUpdates,
      phrase('{instance} logs what it replicates', { instance }),
      plain(`log_replica_updates ${onOff(server.logsReplicaUpdates)}`),
    ),
    omissionCheck(context, candidate, server),
    twinCheck(context.topology, candidate),
    ...opennessChecks(context, candidate, server),
    ...versionChecks(context, candidate, server),
  ];
}

export function binlogCheck(instance: InstanceKey, server: Server, measured: Phrase): Check {
  return check(server.binlog, phrase('{instance} writes a binary log', { instance }), measured);
}

export function modeCheck({ policy: { mode, cluster } }: PlanningContext): Check {
  return check(
    mode === 'manage',
    phrase('Changes to {cluster} are allowed', { cluster }),
    phrase('mode {mode}', { mode }),
  );
}

/** The replication user is needed by every server that never was a replica; without it the old master stays outside. */
export function credentialCheck({ policy }: PlanningContext, instance: InstanceKey): Check {
  const says = phrase('The replication user for {instance} is known', { instance });
  const user = policy.replicationUser;
  if (user === null) {
    return failed(says, phrase('the setting replicationUser is missing'));
  }
  return policy.replicationPasswordKnown
    ? passed(says, plain(`'${user}'`))
    : failed(says, phrase("the password of '{user}' is not known; set it first", { user }));
}

/** A limit of the server that else only the statement would find, when the new master is open already. */
export function passwordFitCheck(
  context: PlanningContext,
  instance: InstanceKey,
): readonly Check[] {
  const { replicationPassword: shape, replicationUser: user } = context.policy;
  const server = memberServer(context, instance);
  if (shape === undefined || user === null || server === undefined) return [];
  const because = unfitForReplication(shape, server.flavor);
  return [
    check(
      because === undefined,
      phrase("{instance} can keep the password of '{user}'", { instance, user }),
      because ?? phrase('it can'),
    ),
  ];
}

export function lagCheck({ policy }: PlanningContext, candidate: Member, channel: Channel): Check {
  const { lagSeconds } = channel;
  const says = phrase('{instance} lags at most {count} s', {
    instance: candidate.key,
    count: policy.reasonableLagSeconds,
  });
  // NULL is unknown, and unknown is not zero: Orchestrator took it so and left a cluster without a writable server.
  return lagSeconds === null
    ? failed(says, phrase('its lag is unknown'))
    : check(
        lagSeconds <= policy.reasonableLagSeconds,
        says,
        phrase('{count} s', { count: lagSeconds }),
      );
}

/** A server replicates from one of its own release or an older one. */
function versionChecks(
  { topology }: PlanningContext,
  candidate: Member,
  server: Server,
): readonly Check[] {
  return topology.members
    .filter((it) => it.key !== candidate.key)
    .flatMap((it) => {
      const other = answered(it);
      return other !== undefined && olderSeries(other, server)
        ? [
            warned(
              phrase('{instance} can follow {source}', {
                instance: it.key,
                source: candidate.key,
              }),
              phrase('{version} would read from the newer {newer}', {
                version: other.version,
                newer: server.version,
              }),
            ),
          ]
        : [];
    });
}

function onOff(value: boolean): string {
  return value ? 'ON' : 'OFF';
}

export function memberServer(context: PlanningContext, key: string | null): Server | undefined {
  return answered(memberOf(context.topology, key));
}
