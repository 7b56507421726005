import { expect, test } from 'vitest';
import { circumstancesOf } from '../../../../../src/core/engine/observer/circumstances.ts';
import type { Recovery } from '../../../../../src/core/model/recovery.ts';
import { recoveryAt } from '../../../../support/builders/sample-recovery.ts';

const opened: Recovery = { ...recoveryAt('succeeded'), openedAt: 1 };
const acknowledgement = { at: 2, by: 'kim', comment: '' };

test.each<{ name: string; recovery: Recovery; blocks: boolean }>([
  { name: 'a failover', recovery: { ...opened, kind: 'failover' }, blocks: true },
  {
    name: 'a switchover that nobody asked for',
    recovery: { ...opened, kind: 'switchover', trigger: 'MasterCannotWrite' },
    blocks: true,
  },
  {
    name: 'a switchover of a user',
    recovery: { ...opened, kind: 'switchover', trigger: 'user' },
    blocks: false,
  },
  {
    name: 'one that was taken back',
    recovery: { ...opened, kind: 'switchover', trigger: 'MasterCannotWrite', state: 'undone' },
    blocks: false,
  },
  {
    name: 'one that opened nobody',
    recovery: { ...opened, kind: 'failover', openedAt: null },
    blocks: false,
  },
  {
    name: 'one that was acknowledged',
    recovery: { ...opened, kind: 'failover', acknowledgement },
    blocks: false,
  },
  {
    name: 'a repair',
    recovery: { ...opened, kind: 'repair', trigger: 'LockedSemiSyncMaster' },
    blocks: false,
  },
])('$name holds off the next automatic one: $blocks', ({ recovery, blocks }) => {
  const facts = { now: 10, controller: null };
  const { unacknowledged } = circumstancesOf('orders', undefined, [recovery], facts);
  expect(unacknowledged === recovery).toBe(blocks);
});
