import { hostPatternsFor } from '../model/host-pattern.ts';
import type { ReplicationFault } from '../model/instance.ts';

/** Who was turned away, as the source saw it; null where the words do not tell. */
export interface TurnedAway {
  readonly user: string | null;
  readonly host: string | null;
}

/** What would let a replica in. */
export type LoginCure = 'password' | 'expired' | 'locked' | 'account' | 'key' | 'right' | 'other';

/** Errors of a source that does not let a replica in, from the servers' error lists, by what would cure them. */
const cures: ReadonlyMap<number, LoginCure> = new Map([
  [1045, 'password'],
  [1698, 'password'],
  [1820, 'expired'],
  [1862, 'expired'],
  [1130, 'account'],
  [1251, 'key'],
  [2059, 'key'],
  [2061, 'key'],
  [1227, 'right'],
  [3118, 'locked'],
  [3955, 'locked'],
  [4151, 'locked'],
  [3159, 'other'],
]);

/** What would let the replica in; undefined for an error that has another cause. */
export function cureOf(fault: ReplicationFault): LoginCure | undefined {
  return cures.get(fault.code);
}

/** Reads the server's own words: `Access denied for user 'repl'@'172.20.0.3'`, `Host '172.20.0.3' is not allowed`. */
export function turnedAwayIn(message: string): TurnedAway {
  const [, user, from] = /user '([^']*)'@'([^']*)'/.exec(message) ?? [];
  const [, host] = /Host '([^']*)' is not allowed/.exec(message) ?? [];
  return { user: user ?? null, host: from ?? host ?? null };
}

/** A pattern for an account that lets this host and its neighbours in, such as the network of a container. */
export function neighboursOf(host: string | null): string {
  return hostPatternsFor(host === null ? [] : [host])[0] ?? '%';
}
