import { expect, test } from 'vitest';
import type { ClusterState } from '../../../../src/core/backend.ts';
import {
  noticesOf,
  nothingSeen,
  type Notice,
} from '../../../../src/extension/notifications/notices.ts';
import { newsOf } from '../../../../src/extension/notifications/run-words.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';
import { drawn, failover, healthy, watchOf } from '../ui/states.ts';

const dead = 'db1 silent\n+ db2 receiver=no\n+ db3 receiver=no';

/** What is said at each of these states, one after the other. */
function said(...states: readonly ClusterState[]): readonly (readonly string[])[] {
  let seen = nothingSeen;
  return states.map((state) => {
    const step = noticesOf(state, seen);
    seen = step.seen;
    return step.notices.map(nameOf);
  });
}

function nameOf(notice: Notice): string {
  return notice.kind === 'ended'
    ? `${notice.recovery.id} ${notice.recovery.state}`
    : `blocked by ${notice.by.id}`;
}

test('a failover of another process is told once, also when nobody saw it run', () => {
  const before = drawn(healthy);
  const after = drawn(healthy, { recoveries: [failover()] });
  expect(said(before, after, after)).toEqual([[], ['r1 succeeded'], []]);
});

test('a switchover that nobody asked for is told to everybody', () => {
  const moved = failover({ kind: 'switchover', trigger: 'MasterCannotWrite' });
  const after = drawn(healthy, { recoveries: [moved] });
  expect(said(drawn(healthy), after)).toEqual([[], ['r1 succeeded']]);
});

test('a failover that happened while the window was closed is told at the first look', () => {
  const acknowledgement = { at: 1, by: 'me', comment: '' };
  const old = failover({ id: 'r0', acknowledgement });
  expect(said(drawn(healthy, { recoveries: [failover(), old] }))).toEqual([['r1 succeeded']]);
  expect(said(drawn(healthy, { recoveries: [old] }))).toEqual([[]]);
});

test('a run is told when it has ended, not while it goes on', () => {
  const running = failover({ state: 'running', endedAt: null });
  expect(
    said(
      drawn(dead),
      drawn(dead, { recoveries: [running] }),
      drawn(healthy, { recoveries: [failover({ state: 'partial' })] }),
    ),
  ).toEqual([[], [], ['r1 partial']]);
});

test("a person's own run concerns only the window that ran it", () => {
  const run = recoveryAt('running', 'running');
  const over = recoveryAt('failed', 'failed');
  const elsewhere = said(drawn(healthy), drawn(healthy, { recoveries: [over] }));
  expect(elsewhere).toEqual([[], []]);
  const here = said(
    drawn(healthy),
    drawn(healthy, { running: run, recoveries: [run] }),
    drawn(healthy, { recoveries: [over] }),
  );
  expect(here).toEqual([[], [], ['r1 failed']]);
});

test('servers are brought back in silence; a fence that failed is told', () => {
  const quiet = [
    failover({ id: 'r2', kind: 'rejoin', state: 'failed' }),
    failover({ id: 'r3', kind: 'fence' }),
  ];
  expect(said(drawn(healthy), drawn(healthy, { recoveries: quiet }))).toEqual([[], []]);
  const failed = failover({ id: 'r4', kind: 'fence', state: 'failed' });
  expect(said(drawn(healthy), drawn(healthy, { recoveries: [failed] }))).toEqual([
    [],
    ['r4 failed'],
  ]);
});

test('that an earlier failover holds off the next one is said once', () => {
  const watch = watchOf({ blocking: { by: failover(), until: 3_600_001 } });
  const blocked = drawn(dead, { watch, recoveries: [failover()] });
  const well = drawn(healthy, { watch, recoveries: [failover()] });
  expect(said(well, blocked, blocked)).toEqual([['r1 succeeded'], ['blocked by r1'], []]);
  const disarmed = drawn(dead, { watch: { ...watch, armed: false }, recoveries: [failover()] });
  expect(said(well, disarmed)).toEqual([['r1 succeeded'], []]);
});

test('a failover is told even when all went well, and offers the report and the acknowledgement', () => {
  expect(newsOf(failover(), english)).toEqual({
    tone: 'warning',
    text: 'orders: db1:3306 was gone; db2:3306 is the master now.',
    actions: ['report', 'acknowledge', 'rejoin'],
  });
  const failed = newsOf(failover({ state: 'failed' }), english);
  expect(failed.tone).toBe('error');
  expect(failed.actions).toEqual(['failover', 'report', 'log']);
  expect(newsOf(recoveryAt('succeeded', 'done'), english).tone).toBe('ok');
});

test('one that was cancelled says that automatic failover is off, and nothing else says so', () => {
  const cancelled = failover({ state: 'undone', openedAt: null });
  expect(newsOf(cancelled, english, true).text).toMatch(/off until you arm it again\.$/);
  expect(newsOf(cancelled, english).text).not.toMatch(/arm/);
  expect(newsOf(failover(), english, true).text).not.toMatch(/arm/);
  expect(newsOf({ ...cancelled, trigger: 'user' }, english, true).text).not.toMatch(/arm/);
});
