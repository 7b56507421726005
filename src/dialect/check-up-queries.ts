import type { CheckUp } from '../core/model/check-up.ts';
import type { UserTask } from '../core/model/database-user.ts';
import type { InstanceKey, Server } from '../core/model/instance.ts';
import { phrase, plain, type Phrase } from '../core/model/phrase.ts';
import { settingNames, type SettingName } from '../core/model/setting.ts';
import { accountQueries } from './account-logins.ts';
import { columnsOf, textOf, type Row } from './answer.ts';
import { can } from './capabilities.ts';
import { grantsOf, type Grants } from './grants.ts';
import { privilegesFor, rightsToSeeOthers } from './least-rights.ts';
import { literal } from './literal.ts';
import type { ProbeAnswer } from './probe-queries.ts';
import { variableName } from './spell-fix.ts';

/** What the doctor asks beside the rounds; each part may fail alone, for want of a right or of a plugin. */
export type CheckUpPart =
  | 'settings'
  | 'heartbeat'
  | 'read-only-origin'
  | 'persisted'
  | 'clock'
  | 'grants'
  | 'own-connections'
  | 'accounts'
  | 'disks';

export interface CheckUpQuery {
  readonly part: CheckUpPart;
  readonly sql: string;
  /** For who is refused the first; one after the other. */
  readonly otherwise?: readonly string[];
}

/** `users`: whose accounts to look for. */
export function checkUpQueries(server: Server, users: readonly string[]): readonly CheckUpQuery[] {
  const names = settingNames.map((it) => literal(variableName(it, server)));
  const knowsOrigin = server.flavor === 'mariadb' || can(server, 'persist');
  return [
    { part: 'settings', sql: `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.join(', ')})` },
    { part: 'heartbeat', sql: heartbeatSql(server) },
    ...(knowsOrigin ? [{ part: 'read-only-origin', sql: originSql(server) } as const] : []),
    ...(can(server, 'persist') ? [{ part: 'persisted', sql: persistedSql } as const] : []),
    { part: 'grants', sql: 'SHOW GRANTS' },
    // For a session it is what its account may have.
    { part: 'own-connections', sql: 'SELECT @@SESSION.max_user_connections AS most' },
    ...(users.length === 0 ? [] : accountsAsked(users, server)),
    ...(server.flavor === 'mariadb' ? [{ part: 'disks', sql: disksSql } as const] : []),
    // Last, so that what came before does not count as the way to the server.
    { part: 'clock', sql: 'SELECT UNIX_TIMESTAMP(NOW(6)) AS now' },
  ];
}

function accountsAsked(users: readonly string[], server: Server): readonly CheckUpQuery[] {
  const [sql, ...otherwise] = accountQueries(users, server).map((it) => it.sql);
  return sql === undefined ? [] : [{ part: 'accounts', sql, otherwise }];
}

const persistedSql =
  "SELECT VARIABLE_NAME AS name FROM performance_schema.persisted_variables WHERE VARIABLE_NAME IN ('read_only', 'super_read_only') AND VARIABLE_VALUE IN ('ON', '1')";

const disksSql =
  "SELECT Path AS path, Total AS total, Available AS available FROM information_schema.DISKS WHERE @@datadir LIKE CONCAT(Path, '%') ORDER BY LENGTH(Path) DESC LIMIT 1";

function heartbeatSql(server: Server): string {
  return can(server, 'configurationTables')
    ? 'SELECT HEARTBEAT_INTERVAL AS beat FROM performance_schema.replication_connection_configuration'
    : "SHOW GLOBAL STATUS LIKE 'Slave_heartbeat_period'";
}

function originSql({ flavor }: Server): string {
  return flavor === 'mariadb'
    ? "SELECT GLOBAL_VALUE_ORIGIN AS origin FROM information_schema.SYSTEM_VARIABLES WHERE VARIABLE_NAME = 'READ_ONLY'"
    : "SELECT VARIABLE_SOURCE AS origin FROM performance_schema.variables_info WHERE VARIABLE_NAME IN ('super_read_only', 'read_only') ORDER BY VARIABLE_NAME DESC";
}

/** What the adapter measured or tried beside the questions. */
export interface CheckUpContext {
  readonly instance: InstanceKey;
  readonly task: UserTask;
  readonly answers: ReadonlyMap<CheckUpPart, ProbeAnswer>;
  /** When the clock was asked and when it had answered, milliseconds since the epoch. */
  readonly clockAsked: { readonly from: number; readonly to: number };
  readonly replicationLogin: CheckUp['replicationLogin'];
}

/** Reads all answers; what failed is named in `unasked`. */
export function readCheckUp(server: Server, context: CheckUpContext): CheckUp {
  const { instance, answers, task } = context;
  const rows = (part: CheckUpPart): readonly Row[] | null => {
    const answer = answers.get(part);
    return answer?.kind === 'rows' ? answer.rows : null;
  };
  const granted = rows('grants');
  const grants = granted === null ? null : grantsOf(granted);
  return {
    instance,
    settings: settingsIn(rows('settings') ?? [], server),
    readOnlyFrom: readOnlyFrom(rows('read-only-origin'), rows('persisted') ?? []),
    heartbeatSeconds: firstNumber(rows('heartbeat'), ['beat', 'value']),
    retryCount: retryCountOf(server),
    clock: clockOf(firstNumber(rows('clock'), ['now']), context.clockAsked),
    ...rightsIn(grants, task, server),
    maxOwnConnections: firstNumber(rows('own-connections'), ['most']) || null,
    accounts: accountsRead(rows('accounts'), server),
    replicationLogin: context.replicationLogin,
    disks: disksIn(rows('disks')),
    unasked: unaskedOf(server, answers),
  };
}

function rightsIn(
  grants: Grants | null,
  task: UserTask,
  server: Server,
): Pick<CheckUp, 'missingRights' | 'missingSight' | 'ourUser'> {
  if (grants === null) return { missingRights: null, missingSight: [], ourUser: null };
  const { account, holds, mayGrant } = grants;
  const sight = new Set(rightsToSeeOthers(server));
  const missing = privilegesFor(task, server).filter((it) => !holds(it));
  return {
    missingRights: missing.filter((it) => !sight.has(it)),
    missingSight: missing.filter((it) => sight.has(it)),
    ourUser: {
      account,
      mayCreateAccounts: mayGrant && holds('CREATE USER') && holds('REPLICATION SLAVE'),
    },
  };
}

function settingsIn(rows: readonly Row[], server: Server): CheckUp['settings'] {
  const values = new Map(
    rows.map((row) => {
      const columns = columnsOf(row, 'SHOW GLOBAL VARIABLES');
      return [columns.text('Variable_name').toLowerCase(), columns.text('Value')];
    }),
  );
  const found = settingNames.flatMap((name): (readonly [SettingName, string])[] => {
    const value = values.get(variableName(name, server));
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

function readOnlyFrom(
  origins: readonly Row[] | null,
  persisted: readonly Row[],
): CheckUp['readOnlyFrom'] {
  if (persisted.length > 0) {
    return 'persisted';
  }
  const all = origins?.map((row) => textOf(row['origin'])?.toUpperCase() ?? '') ?? [];
  // What sets `super_read_only` sets `read_only` with it, and leaves the origin of that as it was: the first word counts.
  for (const origin of all) {
    if (['CONFIG', 'COMMAND-LINE', 'EXPLICIT', 'GLOBAL', 'COMMAND_LINE'].includes(origin)) {
      return 'option-file';
    }
    if (['SQL', 'DYNAMIC'].includes(origin)) {
      return 'sql';
    }
  }
  return null;
}

function firstNumber(rows: readonly Row[] | null, names: readonly string[]): number | null {
  const [row] = rows ?? [];
  const text = row === undefined ? null : columnsOf(row, 'a check-up').optionalText(...names);
  return text === null || text === '' || !Number.isFinite(Number(text)) ? null : Number(text);
}

function retryCountOf({ channels: [channel] }: Server): number | null {
  const count = channel?.raw['Source_Retry_Count'] ?? channel?.raw['Master_Retry_Count'] ?? null;
  return count === null ? null : Number(count);
}

function clockOf(
  seconds: number | null,
  { from, to }: CheckUpContext['clockAsked'],
): CheckUp['clock'] {
  return seconds === null
    ? null
    : { skewMs: seconds * 1000 - (from + to) / 2, withinMs: (to - from) / 2 };
}

/** The answers to all ways of asking are read alike. */
function accountsRead(rows: readonly Row[] | null, server: Server): CheckUp['accounts'] {
  const [first] = accountQueries([], server);
  return rows === null || first === undefined ? null : first.parse(rows);
}

function disksIn(rows: readonly Row[] | null): CheckUp['disks'] {
  return (
    rows?.map((row) => {
      const columns = columnsOf(row, 'information_schema.DISKS');
      const total = Number(columns.text('total'));
      return {
        path: columns.text('path'),
        freeShare: total > 0 ? Number(columns.text('available')) / total : 1,
      };
    }) ?? null
  );
}

const partNames: Readonly<Record<CheckUpPart, Phrase>> = {
  settings: phrase('the settings'),
  heartbeat: phrase('the heartbeat'),
  'read-only-origin': phrase('where read_only comes from'),
  persisted: phrase('which settings are persisted'),
  clock: phrase('the clock'),
  grants: phrase('our rights'),
  'own-connections': phrase('how many connections our user may hold'),
  accounts: phrase('the accounts of the replication user'),
  disks: phrase('the disks'),
};

function unaskedOf(server: Server, answers: CheckUpContext['answers']): readonly Phrase[] {
  const failed = [...answers].flatMap(([part, answer]) =>
    answer.kind === 'failed'
      ? [
          phrase('{part} could not be asked: {because}', {
            part: partNames[part],
            because: plain(answer.says),
          }),
        ]
      : [],
  );
  return server.flavor === 'mysql'
    ? [...failed, phrase('How full the disk is cannot be asked of MySQL.')]
    : failed;
}
