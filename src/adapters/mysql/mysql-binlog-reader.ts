import { phrase } from '../../core/model/phrase.ts';
import { compareFilePositions } from '../../core/model/file-position.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { BinlogReader } from '../../core/ports.ts';
import {
  binaryLogsQuery,
  binlogEventsQuery,
  type BinlogPlace,
} from '../../dialect/binlog-events.ts';
import { connect, type Login } from './connect.ts';
import type { Session } from './session.ts';

/** Events a page; a page is one question. */
const pageEvents = 500;

/** Lists transactions behind a place by reading the server's own binary logs. Throws ReplicationError. */
export function mysqlBinlogReader(
  login: Login,
  {
    connectTimeoutMs,
    queryTimeoutMs,
  }: { readonly connectTimeoutMs: number; readonly queryTimeoutMs: number },
): BinlogReader {
  return {
    transactionsAfter: async (address, after, limit, signal) => {
      const session = await connect(address, login, connectTimeoutMs, signal);
      try {
        const logs = binaryLogsQuery.parse(
          await session.query(binaryLogsQuery.sql, queryTimeoutMs),
        );
        const files = logs.map((it) => it.file).filter((it) => isFrom(it, after.file));
        if (files[0] !== after.file) {
          throw new ReplicationError(
            'refused-by-check',
            phrase('{address} no longer has its binary log {file}.', { address, file: after.file }),
          );
        }
        const found: string[] = [];
        for (const file of files) {
          // The first event of a file stands behind four magic bytes.
          const offset = file === after.file ? after.offset : 4;
          found.push(
            ...(await transactionsIn(
              session,
              { file, offset, within: 'nothing' },
              limit,
              queryTimeoutMs,
            )),
          );
          if (found.length >= limit) {
            break;
          }
        }
        return found.slice(0, limit);
      } finally {
        session.hangUp();
      }
    },
  };
}

async function transactionsIn(
  session: Session,
  from: BinlogPlace,
  limit: number,
  timeoutMs: number,
): Promise<readonly string[]> {
  const found: string[] = [];
  let place: BinlogPlace | null = from;
  while (place !== null && found.length < limit) {
    const { sql, parse } = binlogEventsQuery(place, pageEvents);
    const page = parse(await session.query(sql, timeoutMs));
    found.push(...page.transactions);
    place = page.next;
  }
  return found;
}

/** By number, for `binlog.1000000` comes after `binlog.999999`. */
function isFrom(file: string, first: string): boolean {
  const order = compareFilePositions({ file, offset: 0 }, { file: first, offset: 0 });
  return order !== null && order >= 0;
}
