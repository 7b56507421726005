import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import { walkthroughSteps } from '../../../../src/extension/ui/walkthrough-steps.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';
import { policy } from '../../../support/builders/world.ts';

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
  return named(walkthroughSteps([], recoveries));
}

function named(steps: ReturnType<typeof walkthroughSteps>): readonly string[] {
  return Object.entries(steps).flatMap(([step, isDone]) =>
    isDone ? [step.replace('switchover.', '')] : [],
  );
}

test('nothing is done where nothing came about, whatever was clicked', () => {
  expect(done()).toEqual([]);
  expect(done({ ...failover, openedAt: null, state: 'undone' })).toEqual([]);
  expect(done({ ...failover, state: 'undone' })).toEqual([]);
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
  { picture: 'db1 rw\n+ db2\n+ db3', is: [] },
  {
    picture: 'db1 silent\n+ db2 receiver=connecting\n+ db3 receiver=connecting',
    is: ['hasLostMaster'],
  },
  { picture: 'db2 rw\n+ db3\ndb1 silent', promoted: 'db2:3306', is: [] },
  { picture: 'db2 rw\n+ db3\ndb1 ro', promoted: 'db2:3306', is: ['hasReturnedMaster'] },
])('$picture is $is', ({ picture, promoted = null, is }) => {
  const before = draw('db1 rw\n+ db2\n+ db3');
  const topology = draw(picture, promoted, before);
  const findings = analyse(topology, policy);
  expect(named(walkthroughSteps([{ topology, findings }], []))).toEqual(is);
});
