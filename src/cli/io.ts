import type { Environment, Parts } from './engine-type.ts';

/** The process as the commands see it; tests hand in their own. */
export interface Io {
  /** Writes to stdout as is. */
  readonly out: (text: string) => void;
  /** Writes to stderr as is. */
  readonly err: (text: string) => void;
  /** Whether stdout and stderr are terminals that show colours. */
  readonly terminal: { readonly out: boolean; readonly err: boolean };
  readonly env: Environment;
  readonly cwd: string;
  readonly home: string;
  readonly platform: string;
  /** `user@host (pid)`. */
  readonly actor: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends with SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Loaded when a command needs the engine. */
  readonly parts: () => Promise<Parts>;
}
