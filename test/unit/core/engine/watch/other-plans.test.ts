import { expect, test } from 'vitest';
import {
  followOtherPlans,
  promotedElsewhere,
} from '../../../../../src/core/engine/watch/other-plans.ts';
import type { Recovery } from '../../../../../src/core/model/recovery.ts';
import { recoveryAt } from '../../../../support/builders/sample-recovery.ts';

const running: Recovery = { ...recoveryAt('running'), actor: 'kim@box (7)' };

test.each([
  { name: 'a switchover of somebody else', recovery: running, is: true },
  { name: 'our own', recovery: { ...running, actor: 'me' }, is: false },
  { name: 'one that ended', recovery: { ...running, state: 'succeeded' as const }, is: false },
  { name: 'a rejoin', recovery: { ...running, kind: 'rejoin' as const }, is: false },
  { name: 'none', recovery: undefined, is: false },
])('$name moves our proxies: $is', ({ recovery, is }) => {
  expect(promotedElsewhere(recovery, 'me')).toBe(is);
});

test('applications wait once for each promotion, and every look is taken until it has ended', async () => {
  const ended: Recovery = { ...running, state: 'succeeded' };
  const seen = [undefined, running, running, ended, ended];
  const ending = new AbortController();
  const told: string[] = [];
  let turn = 0;
  await followOtherPlans(
    {
      clock: {
        now: () => running.startedAt,
        monotonic: () => 0,
        sleep: async () => {
          turn += 1;
          if (turn === seen.length) {
            ending.abort();
          }
        },
      },
      actor: 'me',
      newest: () => seen[turn],
      beat: () => undefined,
      hold: () => told.push('hold'),
      wake: () => told.push('wake'),
    },
    ending.signal,
  );
  expect(told).toEqual(['hold', 'wake', 'wake', 'wake']);
});
