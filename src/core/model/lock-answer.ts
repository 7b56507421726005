import type { InstanceKey } from './instance.ts';
import { phrase, plain, type Phrase } from './phrase.ts';

/** What a server answered to the request for its lock. */
export type LockAnswer =
  | { readonly kind: 'held' }
  /** `by`: a noun phrase. `end`: the statement that ends that session; null where it is not known. */
  | { readonly kind: 'taken'; readonly by: Phrase; readonly end: string | null }
  /** `says`: why not, one sentence: its own words where it spoke. */
  | { readonly kind: 'silent'; readonly says: Phrase };

/** `secret`: it runs one that may carry a password, which is not shown. */
export type LockStatement =
  | { readonly kind: 'none' }
  | { readonly kind: 'secret' }
  /** Its beginning. */
  | { readonly kind: 'statement'; readonly sql: string };

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
  /** What it runs now. */
  readonly runs: LockStatement;
}

/** A lock that a session holds on one instance of a cluster. */
export interface HeldLock {
  readonly instance: InstanceKey;
  readonly holder: LockHolder;
  /** `user@host (pid)` of the process on this machine whose session it is, since it changes the cluster now; else null. */
  readonly process: string | null;
}

/** Who is ended for a lock, and how long it was held. */
export interface LockTerms {
  /** For how long this holder was seen to hold the lock of that server, by this process. */
  readonly heldSeconds: (address: string, holder: LockHolder) => number;
  /** Whether it cannot be another Switchover at work. */
  readonly mayEnd: (address: string, holder: LockHolder) => boolean;
}

/** What a session runs, as a noun phrase. */
export function statementWords(runs: LockStatement): Phrase {
  switch (runs.kind) {
    case 'none':
      return phrase('none (idle)');
    case 'secret':
      return phrase('one that may carry a password; it is not shown');
    case 'statement':
      return plain(runs.sql);
    default:
      return runs satisfies never;
  }
}
