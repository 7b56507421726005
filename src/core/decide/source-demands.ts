import { answered, type Channel, type Server } from '../model/instance.ts';
import { phrase, plain } from '../model/phrase.ts';
import type { Check } from '../model/plan.ts';
import type { Member } from '../model/topology.ts';
import { failed, warned } from './ground.ts';

/**
 * Whether a server is to read encrypted. What is encrypted stays so. MySQL sends a password to a source that does not
 * remember the account only over TLS or with the source's key: TLS comes first, where the source offers it.
 */
export function readsEncrypted(
  channel: Channel | undefined,
  server: Server | undefined,
  source: Server | undefined,
): boolean {
  const needsIt =
    source?.requiresTls === true || (server?.flavor === 'mysql' && server.release[0] >= 8);
  return channel?.tls === true || (source?.offersTls === true && needsIt);
}

/** What a new source will demand of those that are to read from it, before anything is changed. */
export function demandChecks(
  source: Member,
  followers: readonly Member[],
  whenUnmet: 'refuse' | 'warn',
): readonly Check[] {
  const offers = (answered(source) ?? source.lastAnswer?.server)?.offersTls;
  return followers.flatMap((it) => {
    const channel = answered(it)?.channels[0];
    const names = { instance: it.key, source: source.key };
    return [
      ...(channel?.tls === true && offers === false
        ? [
            (whenUnmet === 'refuse' ? failed : warned)(
              phrase('{instance} can log in to {source}', names),
              phrase('it reads over TLS, and {source} offers none', names),
            ),
          ]
        : []),
      ...(channel?.ownFailover === true ? [ownFailoverCheck(it)] : []),
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
