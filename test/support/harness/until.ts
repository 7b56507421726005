import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until it holds; throws with `what`, and what `seen` tells, when the time is over.
 * A question that fails is one that does not hold yet: a fence cuts the sessions of tests too.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
  seen?: () => Promise<unknown>,
): Promise<void> {
  const endsAt = Date.now() + deadlineMs;
  for (;;) {
    let failure: string | undefined;
    try {
      if (await holds()) return;
    } catch (error) {
      failure = String(error);
    }
    if (Date.now() > endsAt) {
      const told = failure === undefined ? [] : [failure];
      if (seen !== undefined) told.push(`seen: ${JSON.stringify(await seen())}`);
      const end = told.length === 0 ? '.' : `; ${told.join('; ')}`;
      throw new Error(`Waited ${String(deadlineMs)} ms in vain: ${what}${end}`);
    }
    await sleep(20);
  }
}
