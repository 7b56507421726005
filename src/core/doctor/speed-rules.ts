import { phrase, plain } from '../model/phrase.ts';
import { isReplica, type DoctorRule, type Diagnosis, type DoctorSubject } from './doctor-rule.ts';

/** What the doctor suggests: a hang is noticed after 4 s, and a quiet source says every 2 s that it lives. */
const suggested = {
  netTimeoutSeconds: 4,
  heartbeatSeconds: 2,
  connectRetrySeconds: 2,
  retryCount: 86_400,
};

/** Up to here a receiver is quick enough. */
const quickSeconds = 10;

/** How long a receiver should at least go on trying: a source may be away for a night. */
const patientSeconds = 3_600;

/** What lets a failure be noticed late, or a replica come back late. */
export const speedRules: readonly DoctorRule[] = [
  {
    code: 'GivesUpConnecting',
    gravity: 'breaks',
    why: phrase(
      'When its source is away for longer, it stops for good and must be started by hand.',
    ),
    holds: givesUp,
  },
  {
    code: 'SlowDetection',
    gravity: 'slows',
    why: phrase(
      'A hung master is believed by its replicas for so long: nothing can be decided meanwhile without asking them.',
    ),
    holds: slowDetection,
  },
  {
    code: 'SlowHeartbeat',
    gravity: 'slows',
    why: phrase('A quiet source would look dead to it, or a dead one quiet.'),
    holds: slowHeartbeat,
  },
  {
    code: 'SlowConnectRetry',
    gravity: 'slows',
    why: phrase('After its source was away for a moment it follows again only so much later.'),
    holds: slowRetry,
  },
  {
    code: 'SemiSyncReplicaStopsSlowly',
    gravity: 'slows',
    why: phrase(
      'Stopping its receiver waits so long for a master that hangs, and a failover waits with it.',
    ),
    holds: ({ server, checkUp, member }) => {
      const seconds = Number(checkUp?.settings.rpl_semi_sync_slave_kill_conn_timeout ?? 0);
      return server?.semiSync.replica?.enabled === true && seconds > 1
        ? {
            says: phrase(
              '{instance} waits up to {count} s for its master when its receiver is stopped.',
              {
                instance: member.key,
                count: seconds,
              },
            ),
            evidence: [plain(`rpl_semi_sync_slave_kill_conn_timeout = ${String(seconds)}`)],
            advice: phrase('Set it to 1.'),
            remedy: { settings: [{ name: 'rpl_semi_sync_slave_kill_conn_timeout', value: 1 }] },
          }
        : undefined;
    },
  },
];

function slowDetection(subject: DoctorSubject): Diagnosis | undefined {
  const { server, member } = subject;
  const seconds = server?.netTimeoutSeconds ?? 0;
  return isReplica(subject) && seconds > quickSeconds
    ? {
        says: phrase('{instance} notices only after {count} s that its source is silent.', {
          instance: member.key,
          count: seconds,
        }),
        evidence: [plain(`replica_net_timeout = ${String(seconds)}`)],
        advice: phrase('Set it to {count} s, and the heartbeat to {beat} s.', {
          count: suggested.netTimeoutSeconds,
          beat: suggested.heartbeatSeconds,
        }),
        remedy: {
          settings: [{ name: 'replica_net_timeout', value: suggested.netTimeoutSeconds }],
          options: { heartbeatSeconds: suggested.heartbeatSeconds },
        },
      }
    : undefined;
}

/** Where the timeout is too long, that is said instead. */
function slowHeartbeat(subject: DoctorSubject): Diagnosis | undefined {
  const { server, member, checkUp } = subject;
  const beat = checkUp?.heartbeatSeconds ?? null;
  const timeout = server?.netTimeoutSeconds ?? null;
  return isReplica(subject) && beat !== null && timeout !== null && isTooSlow(beat, timeout)
    ? {
        says: phrase(
          '{instance} hears from a quiet source every {beat} s and gives it up after {count} s.',
          { instance: member.key, beat, count: timeout },
        ),
        evidence: [
          plain(`heartbeat_period = ${String(beat)}`),
          plain(`replica_net_timeout = ${String(timeout)}`),
        ],
        advice: phrase('Set the heartbeat to half of that at most.'),
        remedy: { options: { heartbeatSeconds: Math.max(1, Math.floor(timeout / 2)) } },
      }
    : undefined;
}

function isTooSlow(beat: number, timeout: number): boolean {
  return timeout <= quickSeconds && (beat === 0 || beat > timeout / 2);
}

function slowRetry(subject: DoctorSubject): Diagnosis | undefined {
  const { channel, member } = subject;
  const seconds = channel?.connectRetrySeconds ?? 0;
  return isReplica(subject) && seconds > quickSeconds
    ? {
        says: phrase('{instance} waits {count} s between two attempts to connect.', {
          instance: member.key,
          count: seconds,
        }),
        evidence: [plain(`connect_retry = ${String(seconds)}`)],
        advice: phrase('Set it to {count} s.', { count: suggested.connectRetrySeconds }),
        remedy: { options: { connectRetrySeconds: suggested.connectRetrySeconds } },
      }
    : undefined;
}

/** 0 attempts means no end. */
function givesUp(subject: DoctorSubject): Diagnosis | undefined {
  const { channel, checkUp, member } = subject;
  const attempts = checkUp?.retryCount ?? 0;
  const retry = channel?.connectRetrySeconds ?? 0;
  const seconds = attempts * retry;
  return isReplica(subject) && attempts > 0 && seconds < patientSeconds
    ? {
        says: phrase(
          '{instance} gives its source up after {attempts} attempts, {count} s after the first.',
          { instance: member.key, attempts, count: seconds },
        ),
        evidence: [
          plain(`retry_count = ${String(attempts)}`),
          plain(`connect_retry = ${String(retry)}`),
        ],
        advice: phrase('Let it try {attempts} times.', { attempts: suggested.retryCount }),
        remedy: {
          options: {
            retryCount: suggested.retryCount,
            connectRetrySeconds: Math.min(retry, suggested.connectRetrySeconds),
          },
        },
      }
    : undefined;
}
