import { columnsOf, type Query } from './answer.ts';

/** A session that could still write. */
export interface ClientSession {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  /** `Sleep`, `Query`, ... */
  readonly command: string;
  /** Its commit waits until a replica has it; killed or not, it keeps waiting on MySQL. */
  readonly waitsForReplica: boolean;
}

/** Threads of the server itself, and sessions that have not logged in. */
const systemUsers = new Set([
  'system user',
  'event_scheduler',
  'unauthenticated user',
  'connecting host',
  'mysql.session',
]);

/**
 * Client sessions to end before a server is handed over: not replication, not the server's own
 * threads, not ours. `ownIds`: the connection ids of this program on that server. Without the
 * PROCESS right a server shows only sessions of our own user.
 */
export function writersQuery(ownIds: readonly number[]): Query<readonly ClientSession[]> {
  const sql = 'SHOW PROCESSLIST';
  return {
    sql,
    parse: (rows) =>
      rows
        .map((row) => columnsOf(row, sql))
        .map((columns) => ({
          id: columns.whole('Id'),
          user: columns.text('User'),
          host: columns.optionalText('Host') ?? '',
          command: columns.text('Command'),
          waitsForReplica: /semi-?sync ACK/i.test(columns.optionalText('State') ?? ''),
        }))
        .filter((it) => !ownIds.includes(it.id) && mayWrite(it)),
  };
}

function mayWrite({ user, command }: ClientSession): boolean {
  return !systemUsers.has(user) && command !== 'Daemon' && !command.startsWith('Binlog Dump');
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
