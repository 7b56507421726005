import type { Clock } from '../../ports.ts';

/** Sleeps that somebody can cut short. */
export interface Pause {
  /** Returns after `ms`, when woken, or when the signal ends. */
  rest(ms: number, signal: AbortSignal): Promise<void>;
  /** Ends the present rest; without one, the next does not begin. */
  wake(): void;
}

export function pauseWith(clock: Clock): Pause {
  let alarm = new AbortController();
  return {
    rest: async (ms, signal) => {
      await clock.sleep(ms, AbortSignal.any([signal, alarm.signal])).catch(() => undefined);
      alarm = new AbortController();
    },
    wake: () => {
      alarm.abort();
    },
  };
}
