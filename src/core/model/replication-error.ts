import type { SilenceReason } from './instance.ts';
import { inEnglish, plain, type Phrase } from './phrase.ts';

export type ErrorCode =
  | SilenceReason
  | 'statement-failed'
  | 'deadline'
  | 'cancelled'
  | 'refused-by-check'
  | 'store-unavailable';

/** The one error that adapters throw on purpose: a code to branch on, a sentence to show. */
export class ReplicationError extends Error {
  readonly code: ErrorCode;
  readonly says: Phrase;
  /** The server's error number, where a server spoke. */
  readonly errno: number | undefined;

  /** `says`: a phrase where it may become part of a plan or a record; a text is shown as it is. */
  constructor(
    code: ErrorCode,
    says: Phrase | string,
    options: { cause?: unknown; errno?: number } = {},
  ) {
    const told = typeof says === 'string' ? plain(says) : says;
    super(inEnglish(told), options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'ReplicationError';
    this.code = code;
    this.says = told;
    this.errno = options.errno;
  }
}

/** What went wrong, as one sentence. */
export function phraseOf(error: unknown): Phrase {
  return error instanceof ReplicationError
    ? error.says
    : plain(error instanceof Error ? error.message : String(error));
}
