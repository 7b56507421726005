import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until it holds; throws with `what`, and what `seen` tells, when the time is over. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
  seen?: () => Promise<unknown>,
): Promise<void> {
  const endsAt = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > endsAt) {
      const end = seen === undefined ? '.' : `; seen: ${JSON.stringify(await seen())}`;
      throw new Error(`Waited ${String(deadlineMs)} ms in vain: ${what}${end}`);
    }
    await sleep(20);
  }
}
