import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until it holds; throws with `what` when the time is over. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
): Promise<void> {
  const endsAt = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > endsAt) {
      throw new Error(`Waited ${String(deadlineMs)} ms in vain: ${what}.`);
    }
    await sleep(20);
  }
}
