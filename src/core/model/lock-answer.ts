import type { Phrase } from './phrase.ts';

/** What a server answered to the request for its lock. */
export type LockAnswer =
  | { readonly kind: 'held' }
  | { readonly kind: 'taken'; readonly by: string }
  /** `says`: why not, one sentence: its own words where it spoke. */
  | { readonly kind: 'silent'; readonly says: Phrase };
