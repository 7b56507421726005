import type { SilenceReason } from '../../core/model/instance.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Hop } from './route.ts';
import { saidBy, unreachable } from './trouble.ts';

/** Why a host opened no channel: RFC 4254, 5.1. */
const prohibited = 1;
const connectFailed = 2;

/** What the far host's system says, to the reason that a socket of ours would have given. */
const reasons: readonly (readonly [pattern: RegExp, reason: SilenceReason])[] = [
  [/refused/i, 'refused'],
  [/timed out/i, 'timed-out'],
  [/not known|name resolution|no address|nodename|resolve/i, 'unknown-host'],
];

/** What the far host says, in its words. */
export function saidOfChannel(error: unknown): string {
  return saidBy(error).replace(/^\(SSH\) Channel open failure: /, '');
}

/**
 * A server that the far host cannot reach is silent, with the reason that a socket would have given. What the far host
 * forbids, or cannot do at all, says nothing about the server: `not-asked`.
 */
export function channelTrouble(cause: unknown, address: string, hop: Hop): ReplicationError {
  const said = saidOfChannel(cause);
  const values = { address, host: hop.name, said };
  const reason: unknown =
    cause instanceof Error && 'reason' in cause && cause.reason !== '' ? cause.reason : undefined;
  if (reason === undefined) {
    return unreachable(hop, said, cause);
  }
  if (reason === connectFailed) {
    return new ReplicationError(
      reasons.find(([pattern]) => pattern.test(said))?.[1] ?? 'unreachable',
      phrase('{address} cannot be reached from the SSH host {host}: {said}.', values),
      { cause },
    );
  }
  return new ReplicationError(
    'not-asked',
    reason === prohibited
      ? phrase(
          'The SSH host {host} forbids connections to {address} ({said}): look at AllowTcpForwarding and PermitOpen there.',
          values,
        )
      : phrase('The SSH host {host} opens no connection to {address}: {said}.', values),
    { cause },
  );
}
