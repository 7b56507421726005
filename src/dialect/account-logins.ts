import type { DatabaseAccount } from '../core/model/check-up.ts';
import { columnsOf, type Query, type Row } from './answer.ts';
import { can } from './capabilities.ts';
import { literal } from './literal.ts';
import type { Version } from './version.ts';

/**
 * Columns of `mysql.user` that tell what a login has to show, and none with a password's hash. MariaDB shows a locked
 * account only beside its hash, in `mysql.global_priv`.
 */
export function loginColumns(version: Version): readonly string[] {
  return [
    'plugin',
    'ssl_type',
    'password_expired',
    ...(can(version, 'accountLock') && version.flavor === 'mysql'
      ? ['account_locked', 'password_lifetime', 'password_last_changed']
      : []),
  ];
}

/** What we are granted for these questions. */
export function readsLogins(version: Version): readonly string[] {
  return [`SELECT (${loginColumns(version).join(', ')}) ON mysql.user`];
}

/**
 * Accounts of these users, with what a login has to show; the question that tells most first, and the next for who is
 * refused it. Throws UnwritableValue.
 */
export function accountQueries(
  users: readonly string[],
  version: Version,
): readonly Query<readonly DatabaseAccount[]>[] {
  const where = `WHERE u.User IN (${users.map(literal).join(', ')})`;
  const columns =
    'SELECT u.User AS user, u.Host AS host, u.plugin AS plugin, u.ssl_type AS demands, u.password_expired AS expired, ' +
    '(SELECT PLUGIN_STATUS FROM information_schema.PLUGINS WHERE PLUGIN_NAME = u.plugin) AS loaded';
  const shown = `${columns}${can(version, 'accountLock') && version.flavor === 'mysql' ? mysqlMore : ''} FROM mysql.user u ${where}`;
  const whole = `${columns}${mariadbMore} FROM mysql.user u JOIN mysql.global_priv g ON g.User = u.User AND g.Host = u.Host ${where}`;
  return [
    ...(can(version, 'accountLock') && version.flavor === 'mariadb' ? [whole] : []),
    shown,
  ].map((sql) => ({ sql, parse: (rows) => rows.map(accountIn) }));
}

const mysqlMore =
  ', u.account_locked AS locked, COALESCE(u.password_lifetime, @@GLOBAL.default_password_lifetime) > 0 AND ' +
  'u.password_last_changed + INTERVAL COALESCE(u.password_lifetime, @@GLOBAL.default_password_lifetime) DAY < NOW() AS old';

/** A lifetime below zero is the one that the server gives. */
const mariadbLifetime =
  "IF(COALESCE(JSON_VALUE(g.Priv, '$.password_lifetime'), -1) < 0, @@GLOBAL.default_password_lifetime, JSON_VALUE(g.Priv, '$.password_lifetime'))";

const mariadbMore =
  ", JSON_VALUE(g.Priv, '$.account_locked') AS locked, JSON_EXISTS(g.Priv, '$.auth_or') AS several, " +
  `${mariadbLifetime} > 0 AND JSON_VALUE(g.Priv, '$.password_last_changed') + 86400 * ${mariadbLifetime} < UNIX_TIMESTAMP() AS old`;

function accountIn(row: Row): DatabaseAccount {
  const columns = columnsOf(row, 'SELECT ... FROM mysql.user');
  const plugin = columns.optionalText('plugin') ?? '';
  const shut = shutIn(plugin, (name) => columns.optionalText(name) ?? '');
  return {
    user: columns.text('user'),
    host: columns.text('host'),
    ...(plugin === '' ? {} : { plugin }),
    ...demandIn(columns.optionalText('demands') ?? ''),
    ...(shut === undefined ? {} : { shut }),
    ...(isTrue(columns.optionalText('several') ?? '') ? { hasOtherPlugins: true } : {}),
  };
}

function shutIn(plugin: string, text: (name: string) => string): DatabaseAccount['shut'] {
  if (isTrue(text('locked'))) return 'locked';
  if (plugin !== '' && text('loaded').toUpperCase() !== 'ACTIVE') return 'unloaded';
  return isTrue(text('expired')) || isTrue(text('old')) ? 'expired' : undefined;
}

function isTrue(text: string): boolean {
  return ['Y', '1', 'TRUE'].includes(text.toUpperCase());
}

/** `ssl_type`: nothing, `ANY` for TLS, `X509` or `SPECIFIED` for a certificate. */
function demandIn(sslType: string): Pick<DatabaseAccount, 'demands'> {
  switch (sslType.toUpperCase()) {
    case 'ANY':
      return { demands: 'tls' };
    case 'X509':
    case 'SPECIFIED':
      return { demands: 'certificate' };
    default:
      return {};
  }
}
