import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { randomInt } from 'node:crypto';
import { ReplicationError } from '../../core/model/replication-error.ts';

/** Below the range that systems give to outgoing connections, so that a stopped server finds its port free again. */
const lowest = 20_000;
const highest = 32_000;
const attempts = 500;

/** Ports of 127.0.0.1 on which nobody listens, all different, chosen at random; the lowest first. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = new Map<number, Server>();
  try {
    for (let attempt = 0; attempt < attempts && held.size < count; attempt += 1) {
      const port = randomInt(lowest, highest);
      const listener = held.has(port) ? undefined : await listenOn(port);
      if (listener !== undefined) {
        held.set(port, listener);
      }
    }
    if (held.size < count) {
      throw new ReplicationError('statement-failed', 'No free ports were found on 127.0.0.1.');
    }
    return [...held.keys()].toSorted((one, other) => one - other);
  } finally {
    await Promise.all([...held.values()].map(close));
  }
}

/** Undefined when the port is taken. */
function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const listener = createServer();
    listener.once('error', () => {
      resolve(undefined);
    });
    listener.listen(port, '127.0.0.1', () => {
      resolve(listener);
    });
  });
}

function close(listener: Server): Promise<void> {
  return new Promise((resolve) => {
    listener.close(() => {
      resolve();
    });
  });
}
