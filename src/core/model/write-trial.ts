import type { InstanceKey } from './instance.ts';
import type { Phrase } from './phrase.ts';

/** What one attempt to write one row met. */
export type WriteOutcome =
  | { readonly kind: 'written' }
  /** The server answered that it cannot keep the row; `errno` is its number. */
  | { readonly kind: 'refused'; readonly errno: number; readonly says: Phrase }
  /** No answer for so many milliseconds; the attempt goes on. */
  | { readonly kind: 'waiting'; readonly ms: number }
  /** Our user may not write the row; `grant`: the statement that lets it. */
  | { readonly kind: 'missing-rights'; readonly grant: string }
  /** Nothing follows from it: the server is read-only, a lock is held, the connection is gone. */
  | { readonly kind: 'no-verdict' };

/** What the write probe knows of a master. */
export interface WriteTrial {
  readonly master: InstanceKey;
  readonly outcome: WriteOutcome;
  /** Attempts in a row that say that the row cannot be kept. */
  readonly failures: number;
}

/** Takes in one more attempt; another master begins anew, and whatever says nothing ends a row of failures. */
export function withAttempt(
  before: WriteTrial | undefined,
  master: InstanceKey,
  outcome: WriteOutcome,
): WriteTrial {
  const failures = before?.master === master ? before.failures : 0;
  return { master, outcome, failures: failed(outcome) ? failures + 1 : 0 };
}

export function failed({ kind }: WriteOutcome): boolean {
  return kind === 'refused' || kind === 'waiting';
}
