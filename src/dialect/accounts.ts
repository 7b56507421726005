import type { DatabaseUser, UserTask } from '../core/model/database-user.ts';
import type { AccountAction } from '../core/model/plan.ts';
import type { Server } from '../core/model/instance.ts';
import { columnsOf, type Query } from './answer.ts';
import { accountStatements, type NewPassword } from './identified.ts';
import { grantStatements, privilegesFor } from './least-rights.ts';
import { grantsOf } from './grants.ts';
import { dumpThreadsSql, readDumpThreads } from './connected-replicas.ts';
import { quotedAccount } from './scheduled-events.ts';
import type { Version } from './version.ts';
import { backslashMode, literal } from './literal.ts';

type CreateUser = Extract<AccountAction, { readonly do: 'create-user' }>;
type Account = Pick<DatabaseUser, 'name' | 'host'>;

/** What a password looks like to people. */
const starred: NewPassword = { text: '***', nativeHash: '***' };

/** An account as a statement needs it: `'repl'@'172.%'`. Throws UnwritableValue. */
function written({ name, host }: Account): string {
  return `${literal(name)}@${literal(host)}`;
}

/** The statements that make an account, in order, and those that leave the session and the server as they were. */
export interface AccountStatements {
  readonly before: readonly string[];
  readonly make: readonly string[];
  /** To be run whatever became of `make`, in the same session. */
  readonly after: readonly string[];
  /** To be run then, in any session: the server itself was changed. */
  readonly restore: readonly string[];
  /** Takes back an account that was made now, but not whole. */
  readonly drop: string;
}

/**
 * Making the same account twice does no harm: a replica that has it already replicates the statements all the same.
 * Throws UnwritableValue.
 */
export function spellCreateUser(
  action: CreateUser,
  server: Server,
  password: NewPassword,
): AccountStatements {
  const { user } = action;
  return statementsOf(
    action,
    server,
    password,
    backslashMode([user.name, user.host, password.text]),
  );
}

/** The same for people, the password starred, one statement after the other. */
export function showAccountAction(action: AccountAction, server: Server): readonly string[] {
  if (action.do === 'verify-user') {
    return [`SHOW GRANTS FOR ${written(action.user)}`];
  }
  const { before, make, after, restore } = statementsOf(action, server, starred, []);
  return [...before, ...make, ...after, ...restore];
}

function statementsOf(
  { user, how, alone }: CreateUser,
  server: Server,
  password: NewPassword,
  mode: readonly string[],
): AccountStatements {
  const who = written(user);
  const locked = alone && server.superReadOnly === true;
  return {
    before: [
      ...mode,
      // read_only stays: nobody but who holds the greatest rights could write meanwhile.
      ...(locked ? ['SET GLOBAL super_read_only = OFF'] : []),
      ...(alone ? ['SET SESSION sql_log_bin = 0'] : []),
    ],
    make: [
      ...accountStatements(server, who, password, how === 'alter'),
      ...grantStatements(privilegesFor(user.task, server), who),
    ],
    after: alone ? ['SET SESSION sql_log_bin = 1'] : [],
    restore: locked ? ['SET GLOBAL super_read_only = ON'] : [],
    drop: `DROP USER ${who}`,
  };
}

/** Whether an account is there. */
export function accountQuery(account: Account): Query<boolean> {
  const where = `User = ${literal(account.name)} AND Host = ${literal(account.host)}`;
  return {
    sql: `SELECT COUNT(*) AS found FROM mysql.user WHERE ${where}`,
    parse: ([row = {}]) => columnsOf(row, 'mysql.user').whole('found') > 0,
  };
}

/** Which of the rights of its task an account lacks. Servers answer with an error where there is no such account. */
export function missingRightsQuery(user: DatabaseUser, server: Server): Query<readonly string[]> {
  const needed = privilegesFor(user.task, server);
  return {
    sql: `SHOW GRANTS FOR ${written(user)}`,
    parse: (rows) => {
      const { holds } = grantsOf(rows);
      return needed.filter((it) => !holds(it));
    },
  };
}

/** The statements that give our own account what it lacks for a task, each on its line; null where it lacks nothing. */
export function ownMissingGrantQuery(task: UserTask, version: Version): Query<string | null> {
  const needed = privilegesFor(task, version);
  return {
    sql: 'SHOW GRANTS',
    parse: (rows) => {
      const { account, holds } = grantsOf(rows);
      const missing = needed.filter((it) => !holds(it));
      return missing.length === 0
        ? null
        : grantStatements(missing, quotedAccount(`${account.user}@${account.host}`))
            .map((it) => `${it};`)
            .join('\n');
    },
  };
}

/** From which host the server sees us come, and by which account it let us in. */
export const whoAmIQuery: Query<{ readonly host: string }> = {
  sql: 'SELECT USER() AS account',
  parse: ([row = {}]) => {
    const account = columnsOf(row, 'SELECT USER()').text('account');
    return { host: account.slice(account.lastIndexOf('@') + 1) };
  },
};

/** From which hosts replicas read here now. */
export const replicaHostsQuery: Query<readonly string[]> = {
  sql: dumpThreadsSql,
  parse: (rows) => readDumpThreads(rows, 'SHOW PROCESSLIST').map((it) => it.host),
};
