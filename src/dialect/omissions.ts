import type { Channel, Omission } from '../core/model/instance.ts';
import { columnsOf, type Columns, type Row } from './answer.ts';

/** What leaves out or changes part of what the source wrote. */
const filterColumns = [
  'Replicate_Do_DB',
  'Replicate_Ignore_DB',
  'Replicate_Do_Table',
  'Replicate_Ignore_Table',
  'Replicate_Wild_Do_Table',
  'Replicate_Wild_Ignore_Table',
  'Replicate_Rewrite_DB',
  'Replicate_Do_Domain_Ids',
  'Replicate_Ignore_Domain_Ids',
] as const;

/** Variables by which an applier passes over what does not fit, and what they are where it does not. */
const harmless: Readonly<Record<string, readonly string[]>> = {
  replica_skip_errors: ['', 'OFF'],
  slave_skip_errors: ['', 'OFF'],
  replica_exec_mode: ['STRICT'],
  slave_exec_mode: ['STRICT'],
  replicate_events_marked_for_skip: ['REPLICATE'],
  gtid_ignore_duplicates: ['OFF', '0'],
};

/** Variables that are SQL; only what they say of the binary log matters. */
const sqlVariables = ['init_connect', 'init_slave', 'init_replica'] as const;

export const omissionVariables: readonly string[] = [
  ...Object.keys(harmless),
  ...sqlVariables,
  'default_storage_engine',
];

/** `log`: the row of the binary log's status, where our user may see it. */
export function readOmissions(variables: Columns, log: readonly Row[]): readonly Omission[] {
  return [
    ...once(
      Object.entries(harmless).flatMap(([name, values]) =>
        unlike(name, variables.optionalText(name), values),
      ),
    ),
    ...sqlVariables.flatMap((name): readonly Omission[] => {
      const value = variables.optionalText(name) ?? '';
      return /sql_log_bin/i.test(value) ? [{ kind: 'skip', name, value }] : [];
    }),
    ...readEngine(variables),
    ...log.flatMap((row) => readLogFilters(row)),
  ];
}

/** Newer releases know a variable by two names. */
function once(omissions: readonly Omission[]): readonly Omission[] {
  return omissions.filter(
    (it, place) =>
      omissions.findIndex((other) => plainName(other.name) === plainName(it.name)) === place,
  );
}

function plainName(name: string): string {
  return name.replace('slave', 'replica');
}

function unlike(
  name: string,
  value: string | null,
  values: readonly string[],
): readonly Omission[] {
  return value === null || values.includes(value.toUpperCase())
    ? []
    : [{ kind: 'skip', name, value }];
}

/** Tables that are made there take everything and hold nothing. */
function readEngine(variables: Columns): readonly Omission[] {
  const name = 'default_storage_engine';
  const value = variables.optionalText(name) ?? '';
  return value.toUpperCase() === 'BLACKHOLE' ? [{ kind: 'skip', name, value }] : [];
}

function readLogFilters(row: Row): readonly Omission[] {
  const columns = columnsOf(row, 'the status of the binary log');
  return ['Binlog_Do_DB', 'Binlog_Ignore_DB'].flatMap((column): readonly Omission[] => {
    const value = columns.optionalText(column) ?? '';
    return value === '' ? [] : [{ kind: 'log', name: column.toLowerCase(), value }];
  });
}

/** Of one row of the replica status. `ownId`: a server leaves out what it wrote itself anyway. */
export function readChannelOmissions(
  columns: Columns,
  ownId: number | null,
): Pick<Channel, 'filtered' | 'omissions'> {
  const filters = filterColumns.flatMap((column): readonly Omission[] => {
    const value = columns.optionalText(column) ?? '';
    return value === '' ? [] : [{ kind: 'filter', name: column.toLowerCase(), value }];
  });
  const skips = columns.optionalWhole('Skip_Counter') ?? 0;
  return {
    filtered: filters.length > 0,
    omissions: [
      ...filters,
      ...ignoredServers(columns.optionalText('Replicate_Ignore_Server_Ids') ?? '', ownId),
      ...(skips === 0
        ? []
        : [{ kind: 'skip', name: 'Skip_Counter', value: String(skips) } as const]),
    ],
  };
}

/** MySQL lists the numbers of ids after a comma or blank; MariaDB likewise. */
function ignoredServers(text: string, ownId: number | null): readonly Omission[] {
  const ids = text.split(/[,\s]+/).filter((it) => it !== '' && it !== String(ownId));
  return ids.length === 0
    ? []
    : [{ kind: 'skip', name: 'IGNORE_SERVER_IDS', value: ids.join(', ') }];
}
