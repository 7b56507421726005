import {
  answered,
  olderSeries,
  type Channel,
  type Probe,
  type ReplicationFault,
} from '../model/instance.ts';
import { inEnglish, phrase } from '../model/phrase.ts';
import { knownUserRefusedBy } from '../model/refused-login.ts';
import type { Member } from '../model/topology.ts';
import { silenceOf } from './census.ts';
import type { Holding, Problem } from './problem.ts';
import type { ReplicaView } from './replica-view.ts';
import { knownUserAdvice } from './unheard-problems.ts';
import { lockedReplica, waitingReplica } from './semi-sync-replicas.ts';

/**
 * Errors of a receiver that a right user and password would cure. From the server's error list:
 * 1045 wrong password, 1130 host not allowed, 1251 and 2059 and 2061 authentication method or its missing key,
 * 1698 login plugin, 1820 and 1862 password expired, 3118, 3955 and 4151 account locked, 1227 the replication right is missing,
 * 3159 the source asks for TLS.
 */
const credentialErrors: ReadonlySet<number> = new Set([
  1045, 1130, 1227, 1251, 1698, 1820, 1862, 2059, 2061, 3118, 3159, 3955, 4151,
]);

/**
 * Of these, those that the way would cure: 2061 asks for TLS or the source's key, 3159 for TLS. A server says so also
 * of an account that it remembered until it was restarted or the account was changed.
 */
const waysErrors: ReadonlySet<number> = new Set([2061, 3159]);

function turnedAway(
  member: Member,
  channel: Channel | undefined,
  errors: ReadonlySet<number>,
): Holding | undefined {
  const error = channel?.receiverError ?? null;
  return channel !== undefined &&
    error !== null &&
    channel.receiver !== 'yes' &&
    errors.has(error.code)
    ? broken(
        member,
        error,
        `${member.key} cannot log in to ${String(member.source)} as '${channel.user}' (error ${String(error.code)}).`,
        { user: channel.user },
      )
    : undefined;
}

/** Error 1236 is every fatal word of a source; only the words tell that logs are gone. */
function asksForPurged({ code, message }: ReplicationFault): boolean {
  return code === 1236 && /purged|could not find first log file/i.test(message);
}

/** What helps where starting the server would not. */
export const unreadableAdvice = {
  unknownHost: 'Map its address with Map Addresses..., or let its host name resolve here.',
  denied: 'Check the monitor user and its password on that server.',
} as const;

/** Where the server or its name is what keeps us out, starting it would not help. */
function wayOut({
  reason,
  errno,
}: Extract<Probe, { readonly kind: 'silent' }>): Pick<Holding, 'advice'> {
  if (reason === 'unknown-host') {
    return { advice: unreadableAdvice.unknownHost };
  }
  if (reason !== 'denied') return {};
  const known = knownUserRefusedBy(errno);
  return {
    advice: known === undefined ? unreadableAdvice.denied : knownUserAdvice[known],
  };
}

/** What can be wrong with one replica; the first that holds is the finding. */
export const replicaProblems: readonly Problem<ReplicaView>[] = [
  {
    code: 'ReplicaUnreachable',
    severity: 'warning',
    advice: 'Start it, or check the way from here to it.',
    holds: ({ member, server }) => {
      if (server !== undefined) return undefined;
      const { probe } = member;
      // A changed key has a finding of its own, with what to do.
      if (probe.kind === 'silent' && probe.reason === 'key-changed') return undefined;
      return {
        instance: member.key,
        says: `${member.key} cannot be read: ${inEnglish(silenceOf(member))}`,
        evidence: [silenceOf(member)],
        facts: { instance: member.key, reason: probe.kind === 'silent' ? probe.reason : '' },
        ...(probe.kind === 'silent' ? wayOut(probe) : {}),
      };
    },
  },
  {
    code: 'ReplicationCredentialsWrong',
    severity: 'error',
    advice:
      'Let the replica use TLS (SOURCE_SSL), or ask its source for its public key where that offers none; user and password may well be right.',
    holds: ({ member, channel }) => turnedAway(member, channel, waysErrors),
  },
  {
    code: 'ReplicationCredentialsWrong',
    severity: 'error',
    advice:
      'Set the replication user and password on the replica, or create the user on the source.',
    holds: ({ member, channel }) => {
      const error = channel?.receiverError ?? null;
      return channel !== undefined &&
        error !== null &&
        channel.receiver !== 'yes' &&
        credentialErrors.has(error.code)
        ? {
            ...broken(
              member,
              error,
              `${member.key} cannot log in to ${String(member.source)} as '${channel.user}' (error ${String(error.code)}).`,
              { user: channel.user },
            ),
            ...adviceOn(error.code),
          }
        : undefined;
    },
  },
  {
    code: 'PurgedBinlogsNeeded',
    severity: 'error',
    advice: 'Rebuild it from its source or from another replica: what it needs is gone.',
    holds: ({ member, channel }) => {
      const error = channel?.receiverError ?? null;
      return error !== null && channel?.receiver !== 'yes' && asksForPurged(error)
        ? broken(
            member,
            error,
            `${member.key} needs binary logs that ${String(member.source)} no longer has (error ${String(error.code)}).`,
            {},
          )
        : undefined;
    },
  },
  {
    code: 'ReplicaNotReplicating',
    severity: 'error',
    advice: 'Look at the error; start replication again once its cause is gone.',
    holds: ({ member, channel, source }) => stopped(member, channel, source !== undefined),
  },
  lockedReplica,
  {
    code: 'ReplicaLagging',
    severity: 'warning',
    advice: 'Wait, or find what keeps it busy; it is not promoted while it lags.',
    holds: ({ member, channel, policy }) => {
      const lag = channel?.lagSeconds ?? null;
      return lag !== null && lag - (channel?.delaySeconds ?? 0) > policy.reasonableLagSeconds
        ? {
            instance: member.key,
            says: `${member.key} is ${String(lag)} s behind ${String(member.source)}.`,
            facts: { instance: member.key, source: String(member.source), seconds: lag },
          }
        : undefined;
    },
  },
];

/** Writable is wrong beside any other trouble, so it has a table of its own. */
export const writableReplica: Problem<ReplicaView> = {
  code: 'WritableReplica',
  severity: 'warning',
  advice: 'Make it read-only: a write here would be a transaction that its master lacks.',
  holds: ({ member, server }) =>
    server?.readOnly === false && member.role !== 'co-master' && member.role !== 'master'
      ? {
          instance: member.key,
          says: `${member.key} is a replica but accepts writes.`,
          facts: { instance: member.key },
        }
      : undefined,
};

/** The servers' default of today; older ones had an hour. */
const slowSeconds = 60;

/** What is not wrong yet but will be: every one that holds is a finding. */
export const replicaWarnings: readonly Problem<ReplicaView>[] = [
  writableReplica,
  waitingReplica,
  {
    code: 'ConnectionFailoverOn',
    severity: 'warning',
    advice:
      'Switch SOURCE_CONNECTION_AUTO_FAILOVER off: after a promotion it would send the replica back to a source of its own list.',
    holds: ({ member, channel }) =>
      channel?.ownFailover === true
        ? {
            instance: member.key,
            says: `${member.key} chooses another source by itself when it loses ${String(member.source)}.`,
            facts: { instance: member.key, source: String(member.source) },
          }
        : undefined,
  },
  {
    code: 'ReplicaUpdatesNotLogged',
    severity: 'warning',
    advice: 'Switch on log_bin and log_replica_updates: without them it cannot be promoted.',
    holds: ({ member, server }) =>
      server !== undefined && !(server.binlog && server.logsReplicaUpdates)
        ? {
            instance: member.key,
            says: `${member.key} does not log what it replicates.`,
            facts: { instance: member.key },
          }
        : undefined,
  },
  {
    code: 'ReplicaOlderThanSource',
    severity: 'warning',
    advice: 'Upgrade the replica: a server should read only from its own release or an older one.',
    holds: ({ member, server, source }) =>
      server !== undefined && source !== undefined && olderSeries(server, source)
        ? {
            instance: member.key,
            says: `${member.key} (${server.version}) reads from the newer ${String(member.source)} (${source.version}).`,
            facts: {
              instance: member.key,
              source: String(member.source),
              version: server.version,
              newer: source.version,
            },
          }
        : undefined,
  },
  {
    code: 'SettingsSlowDetection',
    severity: 'info',
    advice: 'Set replica_net_timeout (slave_net_timeout) to 60 seconds or less, better to 10.',
    holds: ({ member, server }) =>
      server?.netTimeoutSeconds !== undefined &&
      server.netTimeoutSeconds !== null &&
      server.netTimeoutSeconds > slowSeconds
        ? {
            instance: member.key,
            says: `${member.key} notices only after ${String(server.netTimeoutSeconds)} s that its source is silent.`,
            facts: { instance: member.key, seconds: server.netTimeoutSeconds },
          }
        : undefined,
  },
];

/** A source that is gone explains a receiver that lost it: that trouble is the master's. */
function stopped(
  member: Member,
  channel: Channel | undefined,
  sourceAnswers: boolean,
): Holding | undefined {
  if (channel === undefined) {
    return undefined;
  }
  const error = channel.applierError ?? channel.receiverError;
  if (channel.applier === 'no') {
    const which = channel.receiver === 'no' ? 'replication is' : 'its applier is';
    return broken(
      member,
      error,
      `${member.key} does not replicate: ${which} stopped${because(error)}.`,
      {},
    );
  }
  if (channel.receiver === 'yes' || (!sourceAnswers && channel.receiver === 'connecting')) {
    return undefined;
  }
  const state =
    channel.receiver === 'no' ? 'its receiver is stopped' : 'its receiver is not connected';
  return broken(member, error, `${member.key} does not replicate: ${state}${because(error)}.`, {});
}

function because(error: ReplicationFault | null): string {
  return error === null ? '' : ` (error ${String(error.code)})`;
}

/** A user that is there need not be made again. */
function adviceOn(code: number): Pick<Holding, 'advice'> {
  switch (knownUserRefusedBy(code)) {
    case 'expired':
      return {
        advice: phrase(
          'Its password has expired: let it never expire on the source, or set a new one there and on the replicas.',
        ).text,
      };
    case 'locked':
      return { advice: phrase('Its account is locked: unlock it on the source.').text };
    default:
      return {};
  }
}

function broken(
  member: Member,
  error: ReplicationFault | null,
  says: string,
  facts: Readonly<Record<string, string>>,
): Holding {
  const { code, message } = error ?? { code: 0, message: '' };
  const [channel] = answered(member)?.channels ?? [];
  const { receiver, applier } = channel ?? { receiver: '', applier: '' };
  return {
    instance: member.key,
    says,
    evidence: error === null ? [] : [phrase('Error {code}: {message}', { code, message })],
    facts: {
      instance: member.key,
      source: String(member.source),
      code,
      error: message,
      receiver,
      applier,
      ...facts,
    },
  };
}
