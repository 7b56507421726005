import { can } from './capabilities.ts';
import { readVersion, type Version } from './version.ts';

/** Bounds how long a statement of this session waits for locks: the server then gives up by itself, with error 1205. */
export function boundLockWaits(seconds: number): string {
  return `SET SESSION lock_wait_timeout = ${String(Math.max(1, Math.floor(seconds)))}`;
}

/**
 * What every session of ours relies on, whatever the server's defaults are: its first statements, each one whole. A
 * server that refuses one has an older or newer release than we know: `assignments` can be tried one by one then.
 * `greeted`: the version of the server's greeting.
 */
export function sessionBasis(greeted: string): SessionBasis {
  const version = versionOf(greeted);
  if (version === undefined) {
    return { statements: [], assignments: [] };
  }
  const all = assignments(version);
  return {
    statements: [`SET SESSION ${all.join(', ')}`, readWrite],
    assignments: [...all.map((it) => `SET SESSION ${it}`), readWrite],
  };
}

export interface SessionBasis {
  readonly statements: readonly string[];
  readonly assignments: readonly string[];
}

/** A server may open read-only transactions unless told. */
const readWrite = 'SET SESSION TRANSACTION READ WRITE';

function assignments(version: Version): readonly string[] {
  return [
    'autocommit = 1',
    // PAD_CHAR_TO_FULL_LENGTH and its like change what a SELECT answers; NO_BACKSLASH_ESCAPES how a text is read.
    `sql_mode = '${sqlMode(version)}'`,
    'character_set_client = utf8mb4',
    'character_set_results = utf8mb4',
    'collation_connection = utf8mb4_general_ci',
    "lc_messages = 'en_US'",
    "time_zone = '+00:00'",
    'completion_type = 0',
    'sql_select_limit = 18446744073709551615',
    'sql_big_selects = 1',
    'sql_safe_updates = 0',
    'group_concat_max_len = 1048576',
    'lock_wait_timeout = 60',
    'innodb_lock_wait_timeout = 50',
    'net_read_timeout = 30',
    'net_write_timeout = 60',
    'wait_timeout = 28800',
    // Ours wait for positions and for locks, each with a bound of its own.
    ...(can(version, 'statementTime')
      ? [version.flavor === 'mariadb' ? 'max_statement_time = 0' : 'max_execution_time = 0']
      : []),
  ];
}

/** A GRANT must never make an account without a password; the newest releases cannot do that any more. */
function sqlMode(version: Version): string {
  const strict = ['STRICT_TRANS_TABLES', 'NO_ENGINE_SUBSTITUTION'];
  return [...strict, ...(can(version, 'grantCannotCreate') ? [] : ['NO_AUTO_CREATE_USER'])].join(
    ',',
  );
}

function versionOf(greeted: string): Version | undefined {
  try {
    return readVersion(greeted, '');
  } catch {
    return undefined;
  }
}
