import { expect, test } from 'vitest';
import { objections } from '../../../../src/core/decide/guards.ts';
import type { Circumstances } from '../../../../src/core/model/circumstances.ts';
import type { Finding } from '../../../../src/core/model/finding.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';
import { policy } from '../../../support/builders/world.ts';

const finding: Finding = {
  code: 'DeadMaster',
  severity: 'error',
  instance: 'db1:3306',
  says: 'db1:3306 is dead.',
  evidence: [],
  advice: '',
  facts: {},
};
const armed: Policy = { ...policy, recoverMasterFilters: ['*'] };
const calm: Circumstances = {
  now: 10_000_000,
  disarmed: undefined,
  downtimes: [],
  unacknowledged: undefined,
  controller: { holder: 'me', us: true },
  storeWritable: true,
  lostBy: new Set(),
};
const downtime = {
  cluster: 'orders',
  since: 0,
  until: null,
  owner: 'kim',
  reason: 'move',
} as const;

function said(rules: Policy, circumstances: Circumstances): string {
  return objections(finding, rules, circumstances).map(inEnglish).join(' ');
}

test('nothing speaks against acting when it is armed and all is calm', () => {
  expect(said(armed, calm)).toBe('');
});

test.each<{ name: string; rules?: Partial<Policy>; facts?: Partial<Circumstances>; says: RegExp }>([
  { name: 'mode observe', rules: { mode: 'observe' }, says: /observe/ },
  { name: 'no filter', rules: { recoverMasterFilters: ['billing'] }, says: /not armed/ },
  {
    name: 'disarmed by hand',
    facts: { disarmed: { cluster: 'orders', at: 1, by: 'kim', reason: 'audit' } },
    says: /kim disarmed automatic failover: audit/,
  },
  {
    name: 'downtime of the cluster',
    facts: { downtimes: [{ ...downtime, instance: null }] },
    says: /downtime by kim: move/,
  },
  {
    name: 'downtime of the master',
    facts: { downtimes: [{ ...downtime, instance: 'db1:3306' }] },
    says: /downtime/,
  },
  {
    name: 'somebody else in control',
    facts: { controller: { holder: 'kim@box', us: false } },
    says: /kim@box keeps/,
  },
  { name: 'nobody in control', facts: { controller: null }, says: /keeps the watch/ },
  { name: 'no store', facts: { storeWritable: false }, says: /unrecorded/ },
])('$name speaks against it, in words', ({ rules, facts, says }) => {
  expect(said({ ...armed, ...rules }, { ...calm, ...facts })).toMatch(says);
});

test('a downtime of another instance is no reason', () => {
  const other = { ...calm, downtimes: [{ ...downtime, instance: 'db2:3306' }] };
  expect(said(armed, other)).toBe('');
});

test('an unacknowledged recovery blocks for its period and no longer', () => {
  const unacknowledged = recoveryAt('succeeded');
  const at = (secondsAfter: number): string =>
    said(armed, { ...calm, unacknowledged, now: unacknowledged.startedAt + secondsAfter * 1000 });
  expect(at(1)).toContain(unacknowledged.id);
  expect(at(3599)).toContain('not acknowledged');
  expect(at(3600)).toBe('');
});

test('a recovery that was cut short before it opened anybody does not block its own end', () => {
  const cutShort = { ...recoveryAt('interrupted'), oldMaster: 'db1:3306' };
  expect(said(armed, { ...calm, now: cutShort.startedAt, unacknowledged: cutShort })).toBe('');
  const another = { ...cutShort, oldMaster: 'db0:3306', newMaster: 'db1:3306' };
  expect(said(armed, { ...calm, now: another.startedAt, unacknowledged: another })).toContain(
    'not acknowledged',
  );
});
