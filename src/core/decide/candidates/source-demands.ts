import { hasCertificate, strictest, type Demand } from '../../model/account-demand.ts';
import { loginFault, needsTlsOrKey, usesPlugin } from '../../model/account-login.ts';
import type { DatabaseAccount } from '../../model/check-up.ts';
import {
  answered,
  splitKey,
  type Channel,
  type InstanceKey,
  type Server,
} from '../../model/instance.ts';
import { reaches } from '../../model/release.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { failed, warned, type PlanningContext } from '../planning-context.ts';

/**
 * What `user` has to show at `source` when it comes from the host of `replica`; undefined for nothing that is known.
 * `server`: what that replica is.
 */
export function demandOf(
  { sourceAccounts }: Pick<PlanningContext, 'sourceAccounts'>,
  source: InstanceKey,
  from: {
    readonly user: string | null;
    readonly replica: InstanceKey;
    readonly server: Server | undefined;
  },
): Demand | undefined {
  const accounts = sourceAccounts?.get(source) ?? [];
  const { host } = splitKey(from.replica);
  return (
    strictest(accounts, from.user, host) ??
    (cannotAskForKey(from.server) && needsTlsOrKey(accounts, from.user, host) ? 'tls' : undefined)
  );
}

/** Before 8.0.4 MySQL has no GET_MASTER_PUBLIC_KEY. */
function cannotAskForKey(server: Server | undefined): boolean {
  return server?.flavor === 'mysql' && !reaches(server.release, [8, 0, 4]);
}

/**
 * Whether a server is to read encrypted. What is encrypted stays so, and so it is where the account demands it. MySQL
 * sends a password to a source that does not remember the account only over TLS or with the source's key: TLS comes
 * first, where the source offers it.
 */
export function readsEncrypted(
  channel: Channel | undefined,
  server: Server | undefined,
  source: Server | undefined,
  demand?: Demand,
): boolean {
  const offers = source?.offersTls;
  const mustUse = demand !== undefined && offers !== false;
  return channel?.tls === true || mustUse || (offers === true && wantsTls(server, source));
}

function wantsTls(server: Server | undefined, source: Server | undefined): boolean {
  return source?.requiresTls === true || (server?.flavor === 'mysql' && server.release[0] >= 8);
}

/** What a new source will demand of those that are to read from it as the users they have, before anything is changed. */
export function demandChecks(
  context: Pick<PlanningContext, 'sourceAccounts'>,
  source: Member,
  followers: readonly Member[],
  whenUnmet: 'refuse' | 'warn',
): readonly Check[] {
  const unmet = whenUnmet === 'refuse' ? failed : warned;
  return followers.flatMap((it) => {
    const user = answered(it)?.channels[0]?.user;
    return user === undefined ? [] : checksOf(context, { follower: it, source, user }, unmet);
  });
}

/** The same of one that is given the replication user of the settings, such as a former master. */
export function newcomerChecks(
  context: Pick<PlanningContext, 'sourceAccounts' | 'policy'>,
  source: Member,
  newcomer: Member,
): readonly Check[] {
  const user = context.policy.replicationUser;
  return user === null ? [] : checksOf(context, { follower: newcomer, source, user }, failed);
}

function checksOf(
  context: Pick<PlanningContext, 'sourceAccounts'>,
  pair: { readonly follower: Member; readonly source: Member; readonly user: string },
  unmet: typeof failed,
): readonly Check[] {
  const reading = readingOf(context, pair);
  if (reading === undefined) return [];
  const { instance, source, channel, user, demand } = reading;
  const says = phrase('{instance} can log in to {source}', { instance, source });
  const fault = accountFault(reading) ?? encryptionFault(reading);
  const switched = channel?.tls === false && demand !== undefined;
  return [
    ...(fault === undefined ? [] : [unmet(says, fault)]),
    ...(fault === undefined && switched
      ? [warned(says, phrase("'{user}' must use TLS there; the plan switches it on", { user }))]
      : []),
    ...(channel?.ownFailover === true ? [ownFailoverCheck(pair.follower)] : []),
  ];
}

/** What one that is to read from a new source logs in with, and what it meets. */
interface Reading {
  readonly instance: InstanceKey;
  readonly server: Server;
  readonly channel: Channel | undefined;
  readonly user: string;
  readonly source: InstanceKey;
  readonly offersTls: boolean | null | undefined;
  readonly demand: Demand | undefined;
  /** At the new source, and at the one that it reads from now. */
  readonly accounts: {
    readonly next: readonly DatabaseAccount[];
    readonly now: readonly DatabaseAccount[];
  };
}

function readingOf(
  context: Pick<PlanningContext, 'sourceAccounts'>,
  pair: { readonly follower: Member; readonly source: Member; readonly user: string },
): Reading | undefined {
  const { follower, source: below, user } = pair;
  const [instance, source] = [follower.key, below.key];
  const server = answered(follower);
  if (server === undefined) return undefined;
  return {
    instance,
    server,
    channel: server.channels[0],
    user,
    source,
    offersTls: (answered(below) ?? below.lastAnswer?.server)?.offersTls,
    demand: demandOf(context, source, { user, replica: instance, server }),
    accounts: {
      next: context.sourceAccounts?.get(source) ?? [],
      now: context.sourceAccounts?.get(follower.source ?? '') ?? [],
    },
  };
}

/** Whatever keeps its account from letting it in, encrypted or not. One that logs in so today proves that it can. */
function accountFault({ instance, server, channel, user, accounts }: Reading): Phrase | undefined {
  const fault = loginFault(accounts.next, { user, host: splitKey(instance).host, server });
  if (fault === undefined) return undefined;
  const { says, advice, certain, plugin } = fault;
  const logsIn = channel?.receiver === 'yes' && usesPlugin(accounts.now, user, plugin);
  return logsIn && !certain ? undefined : phrase('{because}. {advice}', { because: says, advice });
}

function encryptionFault(reading: Reading): Phrase | undefined {
  const { instance, source, channel, user, offersTls, demand } = reading;
  const names = { instance, source, user };
  if (offersTls === false && channel?.tls === true) {
    return phrase('it reads over TLS, and {source} offers none', names);
  }
  if (offersTls === false && demand !== undefined) {
    return phrase("'{user}' must use TLS there, and {source} offers none", names);
  }
  return demand === 'certificate' && (channel === undefined || !hasCertificate(channel))
    ? phrase("'{user}' must show a certificate there, and {instance} has none", names)
    : undefined;
}

function ownFailoverCheck({ key }: Member): Check {
  return warned(
    phrase('{instance} reads from the source that it is given', { instance: key }),
    phrase('{setting} is on: switched off as it is pointed elsewhere', {
      setting: plain('SOURCE_CONNECTION_AUTO_FAILOVER'),
    }),
  );
}
