/** What a server answered to the request for its lock. */
export type LockAnswer =
  | { readonly kind: 'held' }
  | { readonly kind: 'taken'; readonly by: string }
  | { readonly kind: 'silent' };
