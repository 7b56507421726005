import type { Server } from '../core/model/instance.ts';
import { can } from './capabilities.ts';
import { literal } from './literal.ts';

/** A password that an account gets. */
export interface NewPassword {
  readonly text: string;
  /**
   * `*` and 40 hexadecimal digits: SHA1 of SHA1, as `mysql_native_password` keeps it. Null where it is not known, or empty
   * as the password is: the statement has the text.
   */
  readonly nativeHash: string | null;
}

/**
 * How a statement gives an account its password. MariaDB writes the statement into the binary log as it came: it gets the
 * hash only, unless a plug-in must see the password to check it. MySQL writes the hash into its log by itself.
 * Throws UnwritableValue.
 */
function identified(server: Server, { text, nativeHash }: NewPassword): string {
  return server.flavor === 'mariadb' && !server.refusesPasswordHashes && nativeHash !== null
    ? `IDENTIFIED VIA mysql_native_password USING ${literal(nativeHash)}`
    : `IDENTIFIED BY ${literal(text)}`;
}

/**
 * An account with this password. All of it may be replicated to a server that has the account, and to one that lacks it.
 * `who`: as a statement needs it. `anew`: one that is there gets the password too. Throws UnwritableValue.
 */
export function accountStatements(
  server: Server,
  who: string,
  password: NewPassword,
  anew: boolean,
): readonly string[] {
  const by = identified(server, password);
  if (!can(server, 'createUserIfNotExists')) {
    // The one statement of old releases that does no harm when it is replicated to a server that has the account.
    return [`GRANT USAGE ON *.* TO ${who} ${by}`];
  }
  return [`CREATE USER IF NOT EXISTS ${who} ${by}`, ...(anew ? [`ALTER USER ${who} ${by}`] : [])];
}
