import { livingReasons } from '../core/model/instance.ts';
import { ReplicationError } from '../core/model/replication-error.ts';

/** What a script may rely on. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** The command line or the settings are wrong. */
  wrongUse: 2,
  /** Refused by a check, or problems found. */
  refused: 3,
  /** Unreachable, or access denied everywhere. */
  nothingRead: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command: sentences for a person, and the code for a script. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  readonly says: readonly string[];

  constructor(exitCode: ExitCode, ...says: readonly string[]) {
    super(says.join('\n'));
    this.exitCode = exitCode;
    this.says = says;
  }
}

export function wrongUse(...says: readonly string[]): CommandError {
  return new CommandError(exitCodes.wrongUse, ...says);
}

const silences: ReadonlySet<string> = new Set([
  ...livingReasons,
  'refused',
  'timed-out',
  'hung',
  'connection-lost',
  'unknown-host',
  'unreachable',
  'not-a-server',
]);

/** The code of an error that an adapter threw on purpose; undefined for a bug. */
export function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof Error && error.name === 'PasswordError') return exitCodes.wrongUse;
  if (!(error instanceof ReplicationError)) return undefined;
  if (error.code === 'refused-by-check') return exitCodes.refused;
  return silences.has(error.code) ? exitCodes.nothingRead : exitCodes.failed;
}

/** Ends the command with what went wrong where something was to be asked, if anything did. */
export function endWithReasons(reasons: readonly unknown[]): void {
  const [first] = reasons;
  const code = exitCodeOf(first);
  if (reasons.length === 0) return;
  if (code === undefined) throw first;
  throw new CommandError(
    code,
    ...reasons.map((it) => (it instanceof Error ? it.message : String(it))),
  );
}
