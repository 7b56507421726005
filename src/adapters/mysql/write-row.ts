import { ReplicationError } from '../../core/model/replication-error.ts';
import { attemptError, writeAttempt, writeTable } from '../../dialect/write-attempt.ts';
import type { Session } from './session.ts';

/** Writes the one row of a cluster; makes its table first where there is none. Throws ReplicationError. */
export async function writeRow(
  session: Session,
  { cluster, at, timeoutMs }: { cluster: string; at: number; timeoutMs: number },
): Promise<void> {
  const write = (): Promise<unknown> => session.query(writeAttempt(cluster, at), timeoutMs);
  try {
    await write();
  } catch (error) {
    const kind = writeError(error);
    if (kind !== 'no-table' && kind !== 'rights') {
      throw error;
    }
    // A table that is missing looks like one that is denied to whoever has no right on it.
    for (const sql of writeTable) {
      await session.query(sql, timeoutMs);
    }
    await write();
  }
}

export function writeError(error: unknown): ReturnType<typeof attemptError> {
  return attemptError(error instanceof ReplicationError ? error.errno : undefined);
}
