import type { Phrase } from './phrase.ts';

/** What a server answered to the request for its lock. */
export type LockAnswer =
  | { readonly kind: 'held' }
  /** `by`: a noun phrase. `end`: the statement that ends that session; null where it is not known. */
  | { readonly kind: 'taken'; readonly by: Phrase; readonly end: string | null }
  /** `says`: why not, one sentence: its own words where it spoke. */
  | { readonly kind: 'silent'; readonly says: Phrase };

/** A session of another process that holds a server's lock. */
export interface LockHolder {
  readonly session: number;
  /** As the server lists it: the user, and where the client is, `host:port`. */
  readonly user: string;
  readonly client: string;
  /** It has been doing the same, mostly nothing, for so long; so it holds the lock at least as long. */
  readonly sameForSeconds: number;
  /** Whether its account may change replication; `unknown` where we may not read its rights. */
  readonly mayChangeReplication: boolean | 'unknown';
}

/** Who is ended for a lock, and how long it was held. */
export interface LockTerms {
  /** For how long this session was seen to hold the lock of that server, by this process. */
  readonly heldSeconds: (address: string, session: number) => number;
  /** Whether it cannot be another Switchover at work. */
  readonly mayEnd: (address: string, holder: LockHolder) => boolean;
}
