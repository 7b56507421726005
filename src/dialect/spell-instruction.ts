import type { UserTask } from '../core/model/database-user.ts';
import type { Instruction, OptionName, SpelledInstruction } from '../core/model/doctor.ts';
import type { InstanceKey, Server } from '../core/model/instance.ts';
import { settingNames, type ReplicationAccount, type SettingName } from '../core/model/setting.ts';
import { can } from './capabilities.ts';
import { channelStatement } from './channel-words.ts';
import { literal } from './literal.ts';
import { grantStatements, privilegesFor } from './least-rights.ts';
import { spellMakeAccount, variableName } from './spell-fix.ts';

type GrantRights = Extract<Instruction, { readonly do: 'grant-rights' }>;

/** Whose users an instruction is about; a password stands in angle brackets, to be filled in. */
export interface InstructionUsers {
  readonly monitor: string;
  readonly replication: string | undefined;
  readonly task: UserTask;
}

/** What a person does by hand on that server: the exact lines of it. Empty for a server that never answered. */
export function spellInstruction(
  on: InstanceKey,
  instruction: Instruction,
  server: Server | undefined,
  users: InstructionUsers,
): SpelledInstruction {
  const sql = (lines: readonly string[]): SpelledInstruction => ({
    on,
    into: 'sql',
    lines: lines.map((it) => `${it};`),
    restart: false,
  });
  if (instruction.do === 'run') {
    return { on, into: 'shell', lines: [instruction.command], restart: true };
  }
  if (server === undefined) {
    return sql([]);
  }
  switch (instruction.do) {
    case 'option-lines': {
      const { options, restart } = instruction;
      const lines = options.map((it) => `${optionName(it.name, server)} = ${it.value}`);
      return { on, into: 'option-file', lines: ['[mysqld]', ...lines], restart };
    }
    case 'grant-rights':
      return sql(unlogged(instruction, server, grantLines(instruction)));
    case 'drop-account':
      return sql(dropLines(instruction, server));
    case 'make-account':
      return sql(accountLines(instruction.account, server, users));
    case 'make-monitor-user':
      return sql(unlogged(instruction, server, monitorLines(users, server)));
    case 'lift-connection-limit':
      return sql([liftLine(instruction, server)]);
    case 'switch-gtid-on':
      return gtidSteps(on, server, sql);
    default:
      return instruction satisfies never;
  }
}

function grantLines({ rights, user, host }: Omit<GrantRights, 'do' | 'alone'>): readonly string[] {
  return grantStatements(rights, `${literal(user)}@${literal(host)}`);
}

/** `ALTER USER` of these releases knows resource limits; older ones have them with GRANT. */
function liftLine(
  { user, host }: { readonly user: string; readonly host: string },
  server: Server,
): string {
  const who = `${literal(user)}@${literal(host)}`;
  return can(server, 'createUserIfNotExists')
    ? `ALTER USER ${who} WITH MAX_USER_CONNECTIONS 0`
    : `GRANT USAGE ON *.* TO ${who} WITH MAX_USER_CONNECTIONS 0`;
}

function accountLines(
  account: ReplicationAccount,
  server: Server,
  { replication = '<replication user>' }: InstructionUsers,
): readonly string[] {
  const lines = spellMakeAccount(account, server, { user: replication, password: '<password>' });
  return account.alone ? letIn(server, lines) : lines;
}

function monitorLines({ monitor, task }: InstructionUsers, server: Server): readonly string[] {
  return [
    `CREATE USER ${literal(monitor)}@'%' IDENTIFIED BY '<password>'`,
    ...grantLines({ rights: privilegesFor(task, server), user: monitor, host: '%' }),
  ];
}

/** On a replica alone, or they would be a transaction that its master lacks. */
function unlogged(
  { alone }: { readonly alone: boolean },
  server: Server,
  lines: readonly string[],
): readonly string[] {
  return alone
    ? letIn(server, ['SET SESSION sql_log_bin = 0', ...lines, 'SET SESSION sql_log_bin = 1'])
    : lines;
}

/** Under `super_read_only` not even an administrator may change an account. */
function letIn(server: Server, lines: readonly string[]): readonly string[] {
  return server.superReadOnly === true
    ? ['SET GLOBAL super_read_only = 0', ...lines, 'SET GLOBAL super_read_only = 1']
    : lines;
}

function dropLines(
  { user, host }: { readonly user: string; readonly host: string },
  server: Server,
): readonly string[] {
  const drop = `DROP USER ${literal(user)}@${literal(host)}`;
  return [...unlogged({ alone: true }, server, [drop]), channelStatement('START', server, '')];
}

/** From 5.7.6 on online, each step on all servers before the next; older servers must all stop at once. */
function gtidSteps(
  on: InstanceKey,
  server: Server,
  sql: (lines: readonly string[]) => SpelledInstruction,
): SpelledInstruction {
  return can(server, 'gtidOnline')
    ? sql([
        ...['WARN', 'ON'].map((it) => `SET GLOBAL enforce_gtid_consistency = ${it}`),
        ...['OFF_PERMISSIVE', 'ON_PERMISSIVE', 'ON'].map((it) => `SET GLOBAL gtid_mode = ${it}`),
      ])
    : {
        on,
        into: 'option-file',
        lines: ['[mysqld]', 'gtid_mode = ON', 'enforce_gtid_consistency = ON'],
        restart: true,
      };
}

function optionName(name: OptionName, server: Server): string {
  if (isSetting(name)) {
    return variableName(name, server);
  }
  return name === 'log_replica_updates' && !can(server, 'replicaVariables')
    ? 'log_slave_updates'
    : name;
}

function isSetting(name: OptionName): name is SettingName {
  return settingNames.some((it) => it === name);
}
