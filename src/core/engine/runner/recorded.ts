import type { RunResult } from '../../backend.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import { ReplicationError } from '../../model/replication-error.ts';

export type Refused = Extract<RunResult, { kind: 'refused' }>;

/** Nothing is begun without its record: what the journal answers, or the refusal where it fails. */
export function recorded<Value>(
  write: () => Value,
): { readonly kind: 'written'; readonly value: Value } | Refused {
  try {
    return { kind: 'written', value: write() };
  } catch (error) {
    if (!(error instanceof ReplicationError)) throw error;
    return refused(
      phrase('Nothing can be recorded: {reason}', { reason: error.message }),
      phrase('Make the journal writable again: nothing is changed unrecorded.'),
    );
  }
}

export function refused(because: Phrase, ...instead: readonly Phrase[]): Refused {
  return { kind: 'refused', because: [because], instead };
}
