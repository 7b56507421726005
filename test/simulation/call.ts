import { ReplicationError, type ErrorCode } from '../../src/core/model/replication-error.ts';
import { reasonOf, type SimProcess } from './process.ts';
import type { SimServer } from './server.ts';

export interface CallOptions {
  readonly timeoutMs: number;
  /** What it is called when no answer comes: `hung` on an open connection, else `timed-out`. */
  readonly late: ErrorCode;
  readonly signal?: AbortSignal;
}

/**
 * Says something to a server and waits for its answer. `work` runs at the server when the words arrive there: not at all
 * where they are lost on the way, later where it hangs, and also when whoever asked is gone meanwhile. Throws
 * ReplicationError.
 */
export function call<T>(
  process: SimProcess,
  server: SimServer,
  { timeoutMs, late, signal }: CallOptions,
  work: () => T,
): Promise<T> {
  const { time, network } = server.world;
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(reasonOf(signal));
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal === undefined ? new Error('aborted') : reasonOf(signal));
    };
    const timer = process.after(timeoutMs, () => {
      signal?.removeEventListener('abort', onAbort);
      reject(new ReplicationError(late, `${server.key} did not answer in time.`));
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    const reply = (settle: () => void): void => {
      time.after(network.latency(server.host, process.host), () => {
        if (!network.passes(server.host, process.host)) return;
        process.do(() => {
          timer.cancel();
          signal?.removeEventListener('abort', onAbort);
          settle();
        });
      });
    };
    time.after(network.latency(process.host, server.host), () => {
      if (!network.passes(process.host, server.host)) return;
      if (server.power === 'down') {
        reply(() => {
          reject(
            new ReplicationError('refused', `${server.key} refuses connections: nothing listens.`),
          );
        });
        return;
      }
      server.serve(() => {
        serve(work, reply, { resolve, reject });
      });
    });
  });
}

function serve<T>(
  work: () => T,
  reply: (settle: () => void) => void,
  { resolve, reject }: { resolve: (value: T) => void; reject: (error: Error) => void },
): void {
  try {
    const value = work();
    reply(() => {
      resolve(value);
    });
  } catch (error) {
    reply(() => {
      reject(error instanceof Error ? error : new Error(String(error)));
    });
  }
}
