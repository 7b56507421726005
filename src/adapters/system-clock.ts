import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

/**
 * The clocks of this machine. `sleep` rejects with an `AbortError` when the signal ends it.
 * `monotonic` counts from the machine's start, so that processes can compare what they read.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Number(process.hrtime.bigint() / 1000n) / 1000,
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal });
  },
};
