import type { SilenceReason } from './instance.ts';

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
  /** The server's error number, where a server spoke. */
  readonly errno: number | undefined;

  constructor(code: ErrorCode, says: string, options: { cause?: unknown; errno?: number } = {}) {
    super(says, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'ReplicationError';
    this.code = code;
    this.errno = options.errno;
  }
}
