import { hasCertificate, strictest } from '../model/account-demand.ts';
import { loginFault, usesPlugin } from '../model/account-login.ts';
import type { DatabaseAccount } from '../model/check-up.ts';
import { answered, splitKey, type InstanceKey } from '../model/instance.ts';
import { phrase, plain } from '../model/phrase.ts';
import type { DoctorRule, Diagnosis, DoctorSubject } from './doctor-rule.ts';

/** How replicas get to their source, and to a new one. */
export const wayRules: readonly DoctorRule[] = [
  {
    code: 'ConnectionFailoverOn',
    gravity: 'breaks',
    why: phrase('After a promotion it goes back to a source of its own list, past every plan.'),
    holds: ({ channel, member }) =>
      channel?.ownFailover === true
        ? {
            says: phrase('{instance} chooses another source by itself.', { instance: member.key }),
            evidence: [plain('SOURCE_CONNECTION_AUTO_FAILOVER = 1')],
            advice: phrase('Switch that off; Switchover points it where it belongs.'),
            remedy: { options: { staysWithSource: true } },
          }
        : undefined,
  },
  {
    code: 'LogsInByCache',
    gravity: 'breaks',
    why: phrase(
      'A new source does not remember the account, and turns it away (error 2061); so does this one after a restart.',
    ),
    holds: byCache,
  },
  {
    code: 'AccountDemandsTls',
    gravity: 'breaks',
    why: phrase(
      'Connections that are open go on; the next one, to the same source or to a new master, is turned away (error 1045).',
    ),
    holds: demandsTls,
  },
  {
    code: 'AccountUnusable',
    gravity: 'breaks',
    why: phrase(
      'Connections that are open go on; the next one, to the same source or to a new master, is turned away.',
    ),
    holds: turnedAway,
  },
];

/** Of the master and of every server that may become the source: its account does not let the replica in. */
function turnedAway({
  member,
  channel,
  server,
  topology,
  checkUps,
}: DoctorSubject): Diagnosis | undefined {
  if (channel === undefined || server === undefined || member.source === null) return undefined;
  const { user, receiver } = channel;
  const { host } = splitKey(member.key);
  const accountsAt = (key: InstanceKey | null): readonly DatabaseAccount[] =>
    checkUps.get(key ?? '')?.accounts ?? [];
  const [found] = topology.members
    .filter((it) => it.key !== member.key)
    .flatMap((it) => {
      const fault = loginFault(accountsAt(it.key), { user, host, server });
      return fault === undefined ? [] : [{ ...fault, source: it.key }];
    })
    .filter(
      ({ certain, plugin }) =>
        certain || receiver !== 'yes' || !usesPlugin(accountsAt(member.source), user, plugin),
    );
  return found === undefined
    ? undefined
    : {
        says: phrase('{instance} cannot log in to {source} again: {because}.', {
          instance: member.key,
          source: found.source,
          because: found.says,
        }),
        advice: found.advice,
      };
}

/** `REQUIRE SSL` or a certificate, of whoever answered as a possible source, and the replica would not show it. */
function demandsTls({ member, channel, topology, checkUps }: DoctorSubject): Diagnosis | undefined {
  if (channel === undefined || member.source === null) return undefined;
  const { user } = channel;
  const { host } = splitKey(member.key);
  const found = topology.members
    .filter((it) => it.key !== member.key)
    .flatMap((it) => {
      const demand = strictest(checkUps.get(it.key)?.accounts ?? [], user, host);
      return demand === undefined ? [] : [{ source: it, demand }];
    })
    .find(({ demand }) =>
      demand === 'certificate' ? !hasCertificate(channel) || !channel.tls : !channel.tls,
    );
  if (found === undefined) return undefined;
  const { source, demand } = found;
  const names = { instance: member.key, source: source.key, user };
  const certificate = demand === 'certificate' && !hasCertificate(channel);
  return {
    says: certificate
      ? phrase("{instance} has no certificate, which '{user}' must show at {source}.", names)
      : phrase("{instance} reads without TLS, which '{user}' must use at {source}.", names),
    advice: certificate
      ? phrase('Give {instance} a client certificate, or let the account do without.', names)
      : phrase('Let it use TLS.'),
    ...(certificate || answered(source)?.offersTls !== true
      ? {}
      : { remedy: { options: { tls: true } } }),
  };
}

/** `caching_sha2_password` needs TLS or the key of the source, unless that remembers the account. */
function byCache(subject: DoctorSubject): Diagnosis | undefined {
  const { member, source } = subject;
  if (!hasNeither(subject) || !mayNeedKey(subject)) {
    return undefined;
  }
  const offers = answered(source)?.offersTls === true;
  return {
    says: phrase('{instance} has neither TLS nor the key of {source}.', {
      instance: member.key,
      source: source?.key ?? '?',
    }),
    evidence: [plain('SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 0')],
    advice: offers
      ? phrase('Let it use TLS.')
      : phrase('Let it ask for the key, and give the servers certificates.'),
    remedy: { options: offers ? { tls: true } : { publicKey: true } },
  };
}

function hasNeither({ channel, server }: DoctorSubject): boolean {
  const asks = server?.flavor === 'mysql' && server.release[0] >= 8;
  return asks && channel?.receiver === 'yes' && !channel.tls && !channel.publicKey;
}

/** Not where the source told that the account proves itself in another way. */
function mayNeedKey({ channel, source, checkUps }: DoctorSubject): boolean {
  const accounts = checkUps.get(source?.key ?? '')?.accounts ?? [];
  const plugins = accounts.filter((it) => it.user === channel?.user).map((it) => it.plugin);
  return plugins.length === 0 || plugins.some((it) => it === undefined || it.includes('sha2'));
}
