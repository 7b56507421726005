import { expect, test } from 'vitest';
import type { Recovery } from '../../../../../src/core/model/recovery.ts';
import type { Disarming } from '../../../../../src/core/model/watch.ts';
import { untilDisarmed } from '../../../../../src/core/engine/runner/until-disarmed.ts';
import { recoveryAt } from '../../../../support/builders/sample-recovery.ts';
import { until } from '../../../../support/harness/until.ts';

const running: Recovery = { ...recoveryAt('running'), kind: 'failover', trigger: 'DeadMaster' };
const disarming: Disarming = { cluster: 'orders', at: 1, by: 'kim', reason: '' };

/** Whether the run was cancelled: somebody disarms at the third look, when the journal says so much of the recovery. */
async function isCancelled(
  recovery: Recovery | undefined,
  disarmed: () => Disarming | undefined = () => disarming,
): Promise<boolean> {
  let looks = 0;
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: () => new Promise<void>((resolve) => void setTimeout(resolve, 1)),
  };
  const store = {
    recovery: () => recovery,
    disarmed: () => {
      looks += 1;
      return looks < 3 ? undefined : disarmed();
    },
  };
  const context = { store, clock, cluster: 'orders', id: running.id };
  return untilDisarmed(context, new AbortController().signal, async (signal) => {
    await until('it looks again', () => looks >= 3);
    return signal.aborted;
  });
}

function broken(): never {
  throw new Error('disk I/O error');
}

test.each([
  { name: 'a failover that opened nobody yet', recovery: running, is: true },
  { name: 'one that opens its new master', recovery: { ...running, openedAt: 1 }, is: false },
  { name: 'one that a person began', recovery: { ...running, trigger: 'user' }, is: false },
  { name: 'the closing of a former master', recovery: { ...running, kind: 'fence' as const } },
  { name: 'one that the journal does not know', recovery: undefined, is: false },
])('switching automatic failover off cancels $name: $is', async ({ recovery, is = false }) => {
  expect(await isCancelled(recovery)).toBe(is);
});

test('a failover that nobody switches off, or whose journal cannot be read, goes on', async () => {
  expect(await isCancelled(running, () => undefined)).toBe(false);
  expect(await isCancelled(running, broken)).toBe(false);
});

test('the end of the caller cancels too, and a run that throws does not leave anybody asking', async () => {
  const ending = new AbortController();
  const store = { recovery: () => running, disarmed: () => undefined };
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  const context = { store, clock, cluster: 'orders', id: running.id };
  const run = untilDisarmed(context, ending.signal, async (signal) => {
    ending.abort();
    signal.throwIfAborted();
  });
  await expect(run).rejects.toThrow(/aborted/);
});
