import { columnsOf, type Query } from './answer.ts';
import { can } from './capabilities.ts';
import { literal } from './literal.ts';
import type { Version } from './version.ts';

/** Whether the accounts of a user may change replication; `unknown`: we are not shown it, or a role may bring it. */
export type MayChange = boolean | 'unknown';

/** Each of these changes replication, or which server takes writes. */
const powers: ReadonlySet<string> = new Set([
  'SUPER',
  'REPLICATION SLAVE ADMIN',
  'REPLICATION REPLICA ADMIN',
  'REPLICATION MASTER ADMIN',
  'REPLICATION_SLAVE_ADMIN',
  'READ ONLY ADMIN',
  'READ_ONLY ADMIN',
  'SYSTEM_VARIABLES_ADMIN',
]);

/** What a row says that is no right of its own. */
const aRole = 'a role';
const hidden = 'perhaps more';

/**
 * What tells whether the accounts of this name may change replication, the surest question first: the next one is for who
 * is refused it, or told `unknown`. A session may also have been let in by an account for any name. Throws UnwritableValue.
 */
export function mayChangeReplicationQueries(
  user: string,
  version: Version,
): readonly Query<MayChange>[] {
  const shown = { sql: columnsSql(user, version), parse: readRights };
  return hidesRights(version) ? [{ sql: privilegesSql(user), parse: readRights }, shown] : [shown];
}

/** MariaDB shows in columns only those rights that it had before it split SUPER. */
export function hidesRights(version: Version): boolean {
  return version.flavor === 'mariadb' && can(version, 'dynamicRights');
}

/**
 * What we are granted for these questions, and no password's hash with it. The whole of `information_schema.USER_PRIVILEGES`
 * is shown only to who may read all of the schema `mysql`.
 */
export function readsRightsOfOthers(version: Version): readonly string[] {
  const columns = ['Host', 'User', 'Super_priv', ...(hidesRights(version) ? signs : [])];
  return [
    `SELECT (${columns.join(', ')}) ON mysql.user`,
    ...(version.flavor === 'mariadb' ? ['SELECT (User) ON mysql.roles_mapping'] : []),
    ...(version.flavor === 'mysql' && can(version, 'dynamicRights')
      ? ['SELECT (USER, PRIV) ON mysql.global_grants', 'SELECT (TO_USER) ON mysql.role_edges']
      : []),
  ];
}

/**
 * Where REPLICATION SLAVE ADMIN itself is hidden: an account that Switchover works with needs each of these too. One with
 * none of them is no other Switchover.
 */
const signs = ['Reload_priv', 'Process_priv', 'Repl_client_priv'] as const;

/** Each account has a row for USAGE, if for nothing else. */
function privilegesSql(user: string): string {
  const ofAccounts = [user, '']
    .map((it) => literal(`'${it}'@`))
    .map((start) => `LEFT(GRANTEE, CHAR_LENGTH(${start})) = ${start}`);
  return (
    `SELECT DISTINCT PRIVILEGE_TYPE AS held FROM information_schema.USER_PRIVILEGES WHERE ${ofAccounts.join(' OR ')} ` +
    `UNION SELECT '${aRole}' FROM mysql.roles_mapping WHERE User = ${literal(user)}`
  );
}

function columnsSql(user: string, version: Version): string {
  const users = `IN (${literal(user)}, '')`;
  const where = `FROM mysql.user WHERE User ${users}`;
  const parts = [
    `SELECT DISTINCT 'USAGE' AS held ${where}`,
    `SELECT 'SUPER' ${where} AND Super_priv = 'Y'`,
  ];
  if (version.flavor === 'mariadb') {
    parts.push(`SELECT '${aRole}' FROM mysql.roles_mapping WHERE User = ${literal(user)}`);
  } else if (can(version, 'dynamicRights')) {
    parts.push(
      `SELECT PRIV FROM mysql.global_grants WHERE USER ${users}`,
      `SELECT '${aRole}' FROM mysql.role_edges WHERE TO_USER ${users}`,
      `SELECT '${aRole}' FROM mysql.user WHERE @@GLOBAL.mandatory_roles <> ''`,
    );
  }
  if (hidesRights(version)) {
    const some = signs.map((it) => `${it} = 'Y'`).join(' OR ');
    parts.push(`SELECT '${hidden}' ${where} AND (${some})`);
  }
  return parts.join(' UNION ');
}

function readRights(rows: Parameters<Query<MayChange>['parse']>[0]): MayChange {
  const held = rows.map((row) => columnsOf(row, 'the rights of others').text('held').toUpperCase());
  if (held.some((it) => powers.has(it))) return true;
  const unsure = [aRole, hidden].some((it) => held.includes(it.toUpperCase()));
  return held.length === 0 || unsure ? 'unknown' : false;
}
