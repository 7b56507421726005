import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { masterLost } from '../../../../../src/core/engine/runner/master-lost.ts';
import type { Finding } from '../../../../../src/core/model/finding.ts';

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

/** Whether the master counts as lost after so many looks. */
async function isLost(
  findings: (look: number) => readonly Finding[],
  { looks = 8, confirmSeconds = 0.3 } = {},
): Promise<boolean> {
  const over = new AbortController();
  let looked = 0;
  const look = async () => {
    looked += 1;
    return { findings: findings(looked) };
  };
  const context = { clock: swiftClock(), look, confirmSeconds: async () => confirmSeconds };
  const lost = masterLost(context, over.signal);
  const isOver = (): boolean => looked >= looks || lost.aborted;
  while (!isOver()) await sleep(1);
  over.abort();
  return lost.aborted;
}

function broken(): never {
  throw new Error('EAI_AGAIN');
}

test.each(['DeadMaster', 'DeadMasterAndSomeReplicas', 'UnreachableMaster'] as const)(
  'a master is lost when the verdict is %s for long enough',
  async (code) => {
    expect(await isLost(() => [found(code)])).toBe(true);
  },
);

test('it is not for one bad look, troubles of others, or a verdict that is not confirmed', async () => {
  expect(await isLost((look) => (look === 3 ? [found('DeadMaster')] : []))).toBe(false);
  expect(await isLost(() => [found('DeadIntermediateMaster', 'db002:3306')])).toBe(false);
  expect(await isLost(() => [found('NeedsRejoin')])).toBe(false);
  expect(await isLost(() => [found('DeadMaster')], { confirmSeconds: 60 })).toBe(false);
});

test('a look that fails says nothing about the master', async () => {
  expect(await isLost(broken)).toBe(false);
});

test('nobody looks any more once it is over', async () => {
  const over = new AbortController();
  let looked = 0;
  const look = async () => {
    looked += 1;
    return { findings: [] };
  };
  masterLost({ clock: swiftClock(), look, confirmSeconds: async () => 0 }, over.signal);
  await expect.poll(() => looked).toBeGreaterThan(0);
  over.abort();
  await sleep(5);
  const before = looked;
  await sleep(20);
  expect(looked).toBe(before);
});
