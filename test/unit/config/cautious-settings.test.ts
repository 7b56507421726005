import { expect, test } from 'vitest';
import { readSettings } from '../../../src/config/settings.ts';

test('a program before a failover that cannot be used disarms, and says so', () => {
  const { settings, problems } = readSettings({
    recoverMasterClusterFilters: ['*'],
    preFailoverProcesses: [['fence', '{xyzzy}']],
  });
  expect(settings.preFailoverProcesses).toEqual([]);
  expect(settings.recoverMasterClusterFilters).toEqual([]);
  expect(problems.map((it) => it.says)).toEqual([
    'preFailoverProcesses[0][1] is "{xyzzy}": {xyzzy} is not a known placeholder.',
    'Automatic failover is off until preFailoverProcesses is corrected.',
  ]);
});

test.each([
  ['recoverMasterClusterFilters', '*'],
  ['promotionIgnoreHostnameFilters', 'db9'],
])('%s that is no list switches automatic failover off, and says so', (name, value) => {
  const { settings, problems } = readSettings({
    recoverMasterClusterFilters: ['*'],
    [name]: value,
  });
  expect(settings.recoverMasterClusterFilters).toEqual([]);
  expect(problems.map((it) => it.says)).toEqual([
    `${name} must be a list [...], not a text.`,
    `Automatic failover is off until ${name} is corrected.`,
  ]);
});

test('a setting that is wrong never does more by itself than was asked for', () => {
  const { settings } = readSettings({ recoverLockedSemiSyncMaster: 'no', mode: 1 });
  expect(settings.recoverLockedSemiSyncMaster).toBe(false);
});
