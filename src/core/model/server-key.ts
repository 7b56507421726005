/**
 * What a server shows of itself before it gets a password: the fingerprint of its public key, `SHA256:...` as OpenSSH
 * writes it; `passing` where it makes a new key at each start, as MariaDB does from 11.4 on without a certificate; `none`
 * where it offers no TLS.
 */
export type ShownKey = string;

export const passingKey: ShownKey = 'passing';
export const noKey: ShownKey = 'none';

/** What is kept of a server once a person accepted what it shows now; null: nothing, for it offers no TLS. */
export function accepted(known: ServerKey, at: number): ServerKey | null {
  const { offered } = known;
  return offered === noKey ? null : { ...known, key: offered ?? known.key, offered: null, at };
}

/** The key of a server whose certificate nobody verifies, as it was when our user first logged in there. */
export interface ServerKey {
  /** Where it is reached, `host:port`. */
  readonly address: string;
  readonly key: ShownKey;
  /** Another one that it showed since, and that no person has accepted; null for none. */
  readonly offered: ShownKey | null;
  /** Milliseconds since the epoch: when that was noted. */
  readonly at: number;
}
