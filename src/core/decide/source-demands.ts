import { hasCertificate, strictest, type Demand } from '../model/account-demand.ts';
import {
  answered,
  splitKey,
  type Channel,
  type InstanceKey,
  type Server,
} from '../model/instance.ts';
import { phrase, plain } from '../model/phrase.ts';
import type { Check } from '../model/plan.ts';
import type { Member } from '../model/topology.ts';
import { failed, warned, type Ground } from './ground.ts';

/** What `user` has to show at `source` when it comes from the host of `replica`; undefined for nothing that is known. */
export function demandOf(
  { sourceAccounts }: Pick<Ground, 'sourceAccounts'>,
  source: InstanceKey,
  { user, replica }: { readonly user: string | null; readonly replica: InstanceKey },
): Demand | undefined {
  return strictest(sourceAccounts?.get(source) ?? [], user, splitKey(replica).host);
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

/** What a new source will demand of those that are to read from it, before anything is changed. */
export function demandChecks(
  ground: Pick<Ground, 'sourceAccounts'>,
  source: Member,
  followers: readonly Member[],
  whenUnmet: 'refuse' | 'warn',
): readonly Check[] {
  const offers = (answered(source) ?? source.lastAnswer?.server)?.offersTls;
  const unmet = whenUnmet === 'refuse' ? failed : warned;
  return followers.flatMap((it) => {
    const channel = answered(it)?.channels[0];
    if (channel === undefined) return [];
    const { user } = channel;
    const names = { instance: it.key, source: source.key, user };
    const says = phrase('{instance} can log in to {source}', names);
    const demand = demandOf(ground, source.key, { user, replica: it.key });
    const found = (): Check | undefined => {
      if (offers === false && channel.tls) {
        return unmet(says, phrase('it reads over TLS, and {source} offers none', names));
      }
      if (offers === false && demand !== undefined) {
        return unmet(says, phrase("'{user}' must use TLS there, and {source} offers none", names));
      }
      if (demand === 'certificate' && !hasCertificate(channel)) {
        return unmet(
          says,
          phrase("'{user}' must show a certificate there, and {instance} has none", names),
        );
      }
      return demand !== undefined && !channel.tls
        ? warned(says, phrase("'{user}' must use TLS there; the plan switches it on", names))
        : undefined;
    };
    const check = found();
    return [
      ...(check === undefined ? [] : [check]),
      ...(channel.ownFailover === true ? [ownFailoverCheck(it)] : []),
    ];
  });
}

function ownFailoverCheck({ key }: Member): Check {
  return warned(
    phrase('{instance} reads from the source that it is given', { instance: key }),
    phrase('{setting} is on: switched off as it is pointed elsewhere', {
      setting: plain('SOURCE_CONNECTION_AUTO_FAILOVER'),
    }),
  );
}
