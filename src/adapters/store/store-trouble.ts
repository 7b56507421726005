import { ReplicationError } from '../../core/model/replication-error.ts';

/** SQLite's primary result codes that deserve words of their own. */
const busy = 5;
const advice: ReadonlyMap<number, string> = new Map([
  [busy, 'Another process holds it for too long: end that process, or try again.'],
  [8, 'It cannot be written: give this user the right to write it, or choose another folder.'],
  [10, 'The disk does not read or write it: look at the disk, or choose another folder.'],
  [11, 'It is damaged: move it away and start again. What it remembered is lost.'],
  [13, 'The disk is full: make room.'],
  [14, 'It cannot be opened: give this user the right to write there, or choose another folder.'],
  [26, 'It is no journal of ours: move it away and start again.'],
]);

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === busy;
}

/** Puts what SQLite or the file system threw into one sentence for a person. A bug stays what it is. */
export function asStoreTrouble(path: string, error: unknown): unknown {
  if (error instanceof ReplicationError || !(error instanceof Error)) {
    return error;
  }
  const code = primaryCode(error);
  if (code !== undefined) {
    const todo = advice.get(code) ?? 'Choose another folder, or move it away and start again.';
    return unavailable(`The journal ${path} is not available (${error.message}). ${todo}`, error);
  }
  const name = 'code' in error ? error.code : undefined;
  if (name === 'ERR_INVALID_STATE') {
    return unavailable(`The journal ${path} is closed already.`, error);
  }
  if ('syscall' in error && typeof name === 'string') {
    return unavailable(
      `The journal cannot be kept at ${path} (${name}). Give this user the right to write there, or choose another folder.`,
      error,
    );
  }
  return error;
}

export function unavailable(says: string, cause?: unknown): ReplicationError {
  return new ReplicationError('store-unavailable', says, { cause });
}

/** The low byte of SQLite's extended code; undefined when the error is not SQLite's. */
function primaryCode(error: unknown): number | undefined {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') {
    return error.errcode % 256;
  }
  return undefined;
}
