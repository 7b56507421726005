/** Bounds how long a statement of this session waits for locks: the server then gives up by itself, with error 1205. */
export function boundLockWaits(seconds: number): string {
  return `SET SESSION lock_wait_timeout = ${String(Math.max(1, Math.floor(seconds)))}`;
}
