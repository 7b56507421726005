import { createConnection } from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { refusedSecret } from '../mysql/refused-secret.ts';
import type { Account } from '../../dialect/new-accounts.ts';
import { lastWords, pidOf } from './server-process.ts';

const pollMs = 25;
const connectTimeoutMs = 2_000;
const statementTimeoutMs = 20_000;

export type Row = Readonly<Record<string, unknown>>;

/** Runs statements one after the other on an instance of 127.0.0.1; the rows of the last one. Throws ReplicationError. */
export async function ask(
  port: number,
  account: Account,
  statements: readonly string[],
): Promise<readonly Row[]> {
  try {
    return await askThere(port, account, statements);
  } catch (error) {
    // The driver's error is left behind: it carries the statement, and with it perhaps a password.
    const { message, errno } =
      error instanceof Error ? withNumber(error) : { message: String(error), errno: undefined };
    const address = `127.0.0.1:${String(port)}`;
    throw new ReplicationError(
      'statement-failed',
      refusedSecret(error, address) ?? `${address}: ${message}`,
      errno === undefined ? {} : { errno },
    );
  }
}

function withNumber(error: Error): {
  readonly message: string;
  readonly errno: number | undefined;
} {
  const errno = 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined;
  return { message: error.message, errno };
}

async function askThere(
  port: number,
  account: Account,
  statements: readonly string[],
): Promise<readonly Row[]> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port,
    user: account.user,
    password: account.password,
    connectTimeout: connectTimeoutMs,
  });
  connection.on('error', () => undefined);
  try {
    let rows: readonly Row[] = [];
    for (const sql of statements) {
      const [answer] = await connection.query<RowDataPacket[]>({
        sql,
        timeout: statementTimeoutMs,
      });
      rows = Array.isArray(answer) ? answer : [];
    }
    await connection.end();
    return rows;
  } finally {
    connection.destroy();
  }
}

/** Waits until the server of a folder answers there; throws with its last words when it ends or the time is over. */
export async function untilAnswering(
  folder: string,
  port: number,
  account: Account,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const endsAt = Date.now() + deadlineMs;
  for (;;) {
    signal.throwIfAborted();
    const refusal = await ask(port, account, ['SELECT 1']).then(() => undefined, String);
    if (refusal === undefined) {
      return;
    }
    if ((await pidOf(folder)) === undefined || Date.now() > endsAt) {
      const says = `The server on port ${String(port)} did not come up`;
      throw new ReplicationError('deadline', `${says} (${refusal}): ${await lastWords(folder)}`);
    }
    await sleep(pollMs);
  }
}
