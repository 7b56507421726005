import type { DatabaseAccount } from './check-up.ts';
import { hostMatches } from './host-pattern.ts';
import type { Channel } from './instance.ts';

/** What an account has to show besides its password. */
export type Demand = NonNullable<DatabaseAccount['demands']>;

/** TLS where any account that may fit demands it: it does no harm. A certificate only where no other account fits. */
export function strictest(
  accounts: readonly DatabaseAccount[],
  user: string | null,
  host: string,
): Demand | undefined {
  const fitting = fittingAccounts(accounts, user, host);
  return fitting.length > 0 && fitting.every((it) => it.demands === 'certificate')
    ? 'certificate'
    : fitting.some((it) => it.demands !== undefined)
      ? 'tls'
      : undefined;
}

/** Accounts that may let this user in from there; all of this user where none fits: hosts have several names. */
export function fittingAccounts(
  accounts: readonly DatabaseAccount[],
  user: string | null,
  host: string,
): readonly DatabaseAccount[] {
  const named = accounts.filter((it) => it.user === user);
  const near = named.filter((it) => hostMatches(it.host, host));
  return near.length > 0 ? near : named;
}

/** Whether a replica has a certificate of its own to show to its source. */
export function hasCertificate({ raw }: Pick<Channel, 'raw'>): boolean {
  return (raw['Source_SSL_Cert'] ?? raw['Master_SSL_Cert'] ?? '') !== '';
}
