import { columnsOf, UnexpectedAnswer, type Query } from './answer.ts';
import { literal } from './literal.ts';
import { hidesRights } from './rights-of-others.ts';
import type { Version } from './version.ts';
import { withoutLiterals } from './without-literals.ts';

/** A session of a client. */
export interface ClientSession {
  readonly id: number;
  readonly user: string;
  /** Where the client is, `host:port`. */
  readonly host: string;
  /** `Sleep`, `Query`, ... */
  readonly command: string;
  /** For how long it has been doing this. */
  readonly seconds: number;
  /** What it does or waits for, in the server's words; empty for nothing. */
  readonly state: string;
  /** The beginning of its statement without the values in it; empty where it runs none. */
  readonly statement: string;
  /** Its commit waits until a replica has it; killed or not, it keeps waiting on MySQL. */
  readonly waitsForReplica: boolean;
}

/** Threads of the server itself, and sessions that have not logged in. */
const systemUsers = [
  'system user',
  'event_scheduler',
  'unauthenticated user',
  'connecting host',
  'mysql.session',
];

/** Which sessions are asked for. */
export interface ClientsWish {
  /** The id of our own session there; absent for none. */
  readonly own?: number;
  /** Sessions of this user are ours. */
  readonly ownUser: string;
  /** `all`: also those that run no statement; else only such of these users. */
  readonly idle: 'all' | readonly string[];
  /** `longest-first`: those that have been at it for longest; default by id, so that the rest can be asked for. */
  readonly order?: 'by-id' | 'longest-first';
  /** Only ids greater than this. */
  readonly after?: number;
}

/** So many sessions are told at once. */
export const clientsAtOnce = 2_000;

/**
 * Sessions of clients: not replication, not the server's own threads, not ours. The server itself filters, so that the
 * answer does not grow with idle clients; no more than `clientsAtOnce` of them. Without the PROCESS right a server shows only sessions of our own user.
 */
export function clientsQuery({
  own = 0,
  ownUser,
  idle,
  order = 'by-id',
  after = 0,
}: ClientsWish): Query<readonly ClientSession[]> {
  const none = [...systemUsers, ownUser].map(literal).join(', ');
  const idleToo =
    idle === 'all'
      ? ''
      : ` AND (COMMAND <> 'Sleep'${idle.length === 0 ? '' : ` OR USER IN (${idle.map(literal).join(', ')})`})`;
  const sql =
    'SELECT ID, USER, HOST, COMMAND, TIME, STATE, LEFT(INFO, 100) AS INFO FROM information_schema.PROCESSLIST ' +
    `WHERE ID <> ${String(own)} AND USER NOT IN (${none}) AND COMMAND <> 'Daemon' AND COMMAND NOT LIKE 'Binlog Dump%'${idleToo}` +
    `${after === 0 ? '' : ` AND ID > ${String(after)}`} ORDER BY ${order === 'by-id' ? 'ID' : 'TIME DESC'} LIMIT ${String(clientsAtOnce)}`;
  return {
    sql,
    parse: (rows) =>
      rows
        .map((row) => columnsOf(row, 'information_schema.PROCESSLIST'))
        .map((columns) => {
          const state = columns.optionalText('STATE') ?? '';
          return {
            id: columns.whole('ID'),
            user: columns.text('USER'),
            host: columns.optionalText('HOST') ?? '',
            command: columns.text('COMMAND'),
            seconds: Math.max(0, Number(columns.optionalText('TIME') ?? 0)),
            state,
            statement: withoutLiterals(columns.optionalText('INFO') ?? ''),
            waitsForReplica: awaitsReplica(state),
          };
        }),
  };
}

/** Of these sessions, those that are there, first what waits for a replica; some are as good as all. */
export function leftQuery(
  ids: readonly number[],
): Query<readonly { readonly waitsForReplica: boolean }[]> {
  return {
    sql: `SELECT STATE FROM information_schema.PROCESSLIST WHERE ID IN (${ids.map(String).join(', ')}) ORDER BY STATE LIKE '%sync ACK%' DESC LIMIT 100`,
    parse: (rows) =>
      rows.map((row) => {
        const state = columnsOf(row, 'information_schema.PROCESSLIST').optionalText('STATE') ?? '';
        return { waitsForReplica: awaitsReplica(state) };
      }),
  };
}

function awaitsReplica(state: string): boolean {
  return /semi-?sync ACK/i.test(state);
}

const writingVerbs: ReadonlySet<string> = new Set(
  (
    'INSERT UPDATE DELETE REPLACE LOAD ALTER CREATE DROP TRUNCATE OPTIMIZE REPAIR RENAME CALL EXECUTE COMMIT ' +
    'ROLLBACK WITH'
  ).split(' '),
);

/**
 * Whether a session has been writing in one statement for at least so many seconds. One that only waits for a lock has
 * done nothing yet that its end would have to take back.
 */
export function writesForLong(session: ClientSession, seconds: number): boolean {
  const [verb = ''] = session.statement.split(/[^A-Za-z]/, 1);
  return (
    session.seconds >= seconds &&
    !session.waitsForReplica &&
    !session.state.toLowerCase().startsWith('waiting') &&
    writingVerbs.has(verb.toUpperCase())
  );
}

/** The same for people. */
export function shownEnding(
  ending: { readonly whom: string } | { readonly session: number },
): readonly string[] {
  if ('session' in ending) return [killStatement(ending.session)];
  const { whom } = ending;
  const idle = whom === 'could-write' ? [] : 'all';
  return [
    clientsQuery({ ownUser: '<our user>', idle }).sql,
    'KILL CONNECTION <id of each of them>',
  ];
}

/** More powerful users than this are not told from the others: all sessions count as theirs. */
const mostPowerful = 1_000;

/**
 * Users with an account that writes on a read-only server without `super_read_only`, by a right of its own or perhaps by a
 * role. Throws UnexpectedAnswer where that cannot be told: we are not shown the rights of others, or they are too many; a
 * server that would look through its accounts for more than a second answers with an error.
 */
export function powerfulUsersQuery(version: Version): Query<readonly string[]> {
  const ofAccounts = hidesRights(version)
    ? "SELECT DISTINCT GRANTEE AS whose FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE IN ('SUPER', 'READ ONLY ADMIN', 'READ_ONLY ADMIN') " +
      // Each of us sees its own account; whoever sees a second one sees all.
      "AND (SELECT COUNT(DISTINCT GRANTEE) FROM information_schema.USER_PRIVILEGES WHERE GRANTEE LIKE '''%''@''%''') > 1"
    : "SELECT DISTINCT CONCAT('''', User, '''@''''') AS whose FROM mysql.user WHERE Super_priv = 'Y'";
  const ofRoles = version.flavor === 'mariadb' ? ' UNION SELECT User FROM mysql.roles_mapping' : '';
  return {
    sql: `${hidesRights(version) ? 'SET STATEMENT max_statement_time = 1 FOR ' : ''}SELECT whose FROM (${ofAccounts}${ofRoles}) AS powerful LIMIT ${String(mostPowerful + 1)}`,
    parse: (rows) => {
      const told = rows.map((row) => {
        const whose = columnsOf(row, 'the rights of others').text('whose');
        const account = /^'(.*)'@'.*'$/s.exec(whose);
        return { isAccount: account !== null, user: account?.[1] ?? whose };
      });
      // There is always one: an administrator.
      if (!told.some((it) => it.isAccount)) throw untold('shows nobody');
      if (told.length > mostPowerful) throw untold('shows too many');
      // Who was let in by an account for any name may have any name.
      if (told.some((it) => it.user === '')) throw untold('shows an account for any name');
      return [...new Set(told.map((it) => it.user))];
    },
  };
}

function untold(why: string): UnexpectedAnswer {
  return new UnexpectedAnswer('the rights of others', 'whose', why);
}

/** The server's error for a session that has ended by itself meanwhile. */
export const noSuchSession = 1094;

/** The server's error for a session whose user outranks ours: SYSTEM_USER on MySQL, any other user without the right to kill. */
export const notOwnerOfSession = 1095;

/** True when nobody can write, whatever their rights. Servers without the variable answer with an error. */
export const closedToAllQuery: Query<boolean> = {
  sql: 'SELECT @@GLOBAL.super_read_only AS closed',
  parse: (rows) => rows.some((row) => columnsOf(row, 'super_read_only').whole('closed') === 1),
};

export function killStatement(id: number): string {
  if (!Number.isSafeInteger(id) || id <= 0) {
    throw new RangeError(`${String(id)} is not the id of a session.`);
  }
  return `KILL CONNECTION ${String(id)}`;
}
