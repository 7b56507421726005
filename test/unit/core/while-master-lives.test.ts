import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Finding } from '../../../src/core/model/finding.ts';
import { whileMasterLives } from '../../../src/core/while-master-lives.ts';

function found(code: Finding['code'], instance = 'db001:3306'): Finding {
  return { code, severity: 'error', instance, says: '', evidence: [], advice: '', facts: {} };
}

/** A clock on which every sleep is over at once, though not within the same turn. */
function swiftClock() {
  let now = 0;
  return {
    now: () => now,
    monotonic: () => now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      await sleep(1);
      signal?.throwIfAborted();
      now += ms;
    },
  };
}

/** Waits until something ends it, or until it was looked at `looks` times. */
async function waitFor(
  findings: (look: number) => readonly Finding[],
  { looks = 8, confirmSeconds = 0.3, signal = new AbortController().signal } = {},
): Promise<number> {
  let looked = 0;
  const look = async () => {
    looked += 1;
    return { findings: findings(looked) };
  };
  const ground = { clock: swiftClock(), look, confirmSeconds: async () => confirmSeconds };
  return whileMasterLives(ground, signal, async (within) => {
    const isOver = (): boolean => looked >= looks;
    while (!isOver()) {
      within.throwIfAborted();
      await sleep(1);
    }
    return looked;
  });
}

function broken(): never {
  throw new Error('EAI_AGAIN');
}

test.each(['DeadMaster', 'DeadMasterAndSomeReplicas', 'UnreachableMaster'] as const)(
  'a wait ends, with the reason, when the verdict is %s for long enough',
  async (code) => {
    await expect(waitFor(() => [found(code)])).rejects.toThrow(
      'The master does not answer any more',
    );
  },
);

test('it goes on through one bad look, troubles of others, and a verdict that is not confirmed', async () => {
  expect(await waitFor((look) => (look === 3 ? [found('DeadMaster')] : []))).toBe(8);
  expect(await waitFor(() => [found('DeadIntermediateMaster', 'db002:3306')])).toBe(8);
  expect(await waitFor(() => [found('NeedsRejoin')])).toBe(8);
  expect(await waitFor(() => [found('DeadMaster')], { confirmSeconds: 60 })).toBe(8);
});

test('a look that fails says nothing about the master', async () => {
  expect(await waitFor(broken)).toBe(8);
});

test('the end of the caller ends it as a cancellation, not as the loss of a master', async () => {
  const ending = new AbortController();
  ending.abort();
  await expect(waitFor(() => [], { signal: ending.signal })).rejects.toThrow('aborted');
});

test('what it waits for may fail by itself', async () => {
  const ground = {
    clock: swiftClock(),
    look: async () => ({ findings: [] }),
    confirmSeconds: async () => 0.3,
  };
  const failing = whileMasterLives(ground, new AbortController().signal, async () => {
    throw new Error('The applier stopped.');
  });
  await expect(failing).rejects.toThrow('The applier stopped.');
});
