import { expect, test } from 'vitest';
import type { Recovery } from '../../../src/core/model/recovery.ts';
import { walkthroughSteps } from '../../../src/extension/walkthrough-steps.ts';
import { recoveryAt } from '../../support/sample-recovery.ts';

const acknowledgement = { at: 2, by: 'kim', comment: 'seen' };
const failover: Recovery = {
  ...recoveryAt('succeeded'),
  kind: 'failover',
  trigger: 'user',
  openedAt: 1,
};
const rejoin: Recovery = { ...recoveryAt('succeeded'), kind: 'rejoin' };
const automatic: Recovery = { ...failover, trigger: 'DeadMaster' };

/** The steps that are done. */
function done(...recoveries: readonly Recovery[]): readonly string[] {
  return Object.entries(walkthroughSteps([], recoveries)).flatMap(([step, isDone]) =>
    isDone ? [step.replace('switchover.', '')] : [],
  );
}

test('nothing is done where nothing came about, whatever was clicked', () => {
  expect(done()).toEqual([]);
  expect(done({ ...failover, openedAt: null, state: 'undone' })).toEqual([]);
  expect(done({ ...failover, state: 'running' })).toEqual([]);
  expect(done({ ...rejoin, state: 'failed' })).toEqual([]);
});

test.each([
  { name: 'a promotion by hand', of: [failover], steps: ['hasPromotion'] },
  {
    name: 'one that was acknowledged',
    of: [{ ...failover, acknowledgement }],
    steps: ['hasPromotion', 'hasAcknowledgedPromotion'],
  },
  { name: 'a rejoin', of: [rejoin], steps: ['hasReturnedMaster', 'hasRejoined'] },
  { name: 'an automatic failover', of: [automatic], steps: ['hasAutomaticRecovery'] },
  {
    name: 'one that was acknowledged',
    of: [{ ...automatic, acknowledgement }],
    steps: ['hasAutomaticRecovery', 'hasAcknowledgedRecovery'],
  },
])('$name: $steps', ({ of, steps }) => {
  expect(done(...of)).toEqual(steps);
});

test.each([
  ['DeadMaster', 'switchover.hasLostMaster'],
  ['NeedsRejoin', 'switchover.hasReturnedMaster'],
] as const)('the finding %s says that a step is done', (code, step) => {
  const finding = {
    code,
    severity: 'error',
    instance: 'db001:3306',
    says: '',
    evidence: [],
    advice: '',
    facts: {},
  } as const;
  expect(walkthroughSteps([{ findings: [finding] }], [])[step]).toBe(true);
});
