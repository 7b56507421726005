import { columnsOf, type Columns, type Query } from './answer.ts';
import { literal } from './literal.ts';

export interface BinaryLog {
  readonly file: string;
  readonly sizeBytes: number;
}

/** The binary logs a server still has, oldest first. Needs a right of its own; error 1381 without binary log. */
export const binaryLogsQuery: Query<readonly BinaryLog[]> = {
  sql: 'SHOW BINARY LOGS',
  parse: (rows) =>
    rows
      .map((row) => columnsOf(row, 'SHOW BINARY LOGS'))
      .map((columns) => ({
        file: columns.text('Log_name'),
        sizeBytes: columns.whole('File_size'),
      })),
};

/** Between two pages of one file: whether the next event begins a transaction, or which part of one it is. */
export type Within = 'nothing' | 'announced' | 'transaction';

export interface BinlogPlace {
  readonly file: string;
  readonly offset: number;
  readonly within: Within;
}

export interface BinlogPage {
  /** As the server names them; `file:offset` of the beginning where there is no GTID. */
  readonly transactions: readonly string[];
  /** Where the next page begins; null when this one was empty: the file ends. */
  readonly next: BinlogPlace | null;
}

/** Reads at most `limit` events from a place on. `offset` must be the beginning of an event. */
export function binlogEventsQuery(from: BinlogPlace, limit: number): Query<BinlogPage> {
  const sql = `SHOW BINLOG EVENTS IN ${literal(from.file)} FROM ${String(from.offset)} LIMIT ${String(limit)}`;
  return {
    sql,
    parse: (rows) => {
      const transactions: string[] = [];
      let { within, offset } = from;
      for (const row of rows) {
        const event = readEvent(columnsOf(row, 'SHOW BINLOG EVENTS'));
        if (beginsTransaction(event, within)) {
          transactions.push(event.gtid ?? `${from.file}:${String(event.offset)}`);
        }
        within = after(event, within);
        offset = event.end;
      }
      return { transactions, next: rows.length === 0 ? null : { file: from.file, offset, within } };
    },
  };
}

interface BinlogEvent {
  readonly kind: 'gtid' | 'gtid-begin' | 'begin' | 'commit' | 'statement' | 'other';
  readonly gtid: string | null;
  readonly offset: number;
  readonly end: number;
}

function readEvent(columns: Columns): BinlogEvent {
  const info = columns.optionalText('Info') ?? '';
  const kind = kindOf(columns.text('Event_type'), info);
  return {
    kind,
    gtid: kind === 'gtid' || kind === 'gtid-begin' ? gtidIn(info) : null,
    offset: columns.whole('Pos'),
    end: columns.whole('End_log_pos'),
  };
}

/** MariaDB's GTID event is the BEGIN too, except before a statement that stands alone. */
function kindOf(type: string, info: string): BinlogEvent['kind'] {
  if (/^(anonymous_)?gtid(_tagged\w*)?$/i.test(type)) {
    return info.startsWith('BEGIN ') ? 'gtid-begin' : 'gtid';
  }
  if (type === 'Xid' || type.startsWith('XA_')) {
    return 'commit';
  }
  if (!type.startsWith('Query')) {
    return 'other';
  }
  if (/^(BEGIN|XA START\b.*)$/i.test(info)) {
    return 'begin';
  }
  return /^(COMMIT|ROLLBACK)\b/i.test(info) ? 'commit' : 'statement';
}

/** `SET @@SESSION.GTID_NEXT= 'uuid:5'` (MySQL) or `BEGIN GTID 0-1-5` (MariaDB); null for an anonymous one. */
function gtidIn(info: string): string | null {
  const [found] = /[0-9a-f-]{36}:(?:[a-z_]\w*:)?\d+|\b\d+-\d+-\d+\b/i.exec(info) ?? [];
  return found ?? null;
}

function beginsTransaction({ kind }: BinlogEvent, within: Within): boolean {
  return (
    kind === 'gtid' ||
    kind === 'gtid-begin' ||
    (within === 'nothing' && (kind === 'begin' || kind === 'statement'))
  );
}

function after({ kind }: BinlogEvent, within: Within): Within {
  switch (kind) {
    case 'gtid':
      return 'announced';
    case 'gtid-begin':
    case 'begin':
      return 'transaction';
    case 'commit':
      return 'nothing';
    case 'statement':
      return within === 'transaction' ? 'transaction' : 'nothing';
    default:
      return within;
  }
}
