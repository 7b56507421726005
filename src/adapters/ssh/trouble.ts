import type { UnknownHost } from '../../config/ssh-questions.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { LockedKey } from './keys.ts';
import type { Hop } from './route.ts';

/** What only a person can answer. */
export type Question =
  | { readonly kind: 'trust'; readonly hop: Hop; readonly host: UnknownHost; readonly key: Buffer }
  | { readonly kind: 'passphrase'; readonly key: LockedKey };

/** A host that is there and does not let us in, or that we do not trust. Trying again soon would not help. */
export class TurnedAway extends Error {
  readonly says: ReplicationError;
  /** What a person could answer to it. */
  readonly question: Question | undefined;

  constructor(says: ReplicationError, question?: Question) {
    super(says.message);
    this.name = 'TurnedAway';
    this.says = says;
    this.question = question;
  }
}

/** The way is lost: it says nothing about any server behind it. */
export function unreachable(
  hop: { readonly name: string },
  said: string,
  cause?: unknown,
): ReplicationError {
  return new ReplicationError(
    'not-asked',
    phrase('The SSH host {host} is not reachable: {said}.', { host: hop.name, said }),
    cause === undefined ? {} : { cause },
  );
}

/** What an error of Node or of the driver says, without its last full stop. */
export function saidBy(error: unknown): string {
  const first: unknown =
    error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  return (first instanceof Error ? first.message : String(first)).replace(/\.$/, '');
}
