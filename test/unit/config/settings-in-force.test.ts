import { expect, test } from 'vitest';
import {
  forgotten,
  nothingKept,
  withoutValues,
  type KeptSettings,
} from '../../../src/config/kept-settings.ts';
import {
  settingsInForce,
  type SettingsInForce,
  type WrittenSettings,
} from '../../../src/config/settings-in-force.ts';

type FolderSettings = NonNullable<WrittenSettings['folder']>;

const orders = { id: 'orders', seeds: ['db1'], user: 'monitor' };
const stock = { id: 'stock', seeds: ['db9'], user: 'monitor' };
const armed = { recoverMasterClusterFilters: ['alias=orders'] };

interface Situation {
  readonly kept?: KeptSettings | undefined;
  readonly folder?: FolderSettings;
  readonly monitored?: readonly string[];
}

function inForce(
  user: Readonly<Record<string, unknown>>,
  { kept = nothingKept, folder, monitored = [] }: Situation = {},
): SettingsInForce {
  return settingsInForce({ user, folder }, { kept, monitored: (id) => monitored.includes(id) });
}

/** What is remembered after these settings were read, through a file. */
function keptAfter(user: Readonly<Record<string, unknown>>, more: Situation = {}): KeptSettings {
  return JSON.parse(JSON.stringify(inForce(user, more).keep));
}

function idsOf({ settings }: SettingsInForce): readonly string[] {
  return settings.clusters.map((it) => it.id);
}

const before = keptAfter({ clusters: [orders, stock], ...armed });

test.each<[string, readonly unknown[], string, string]>([
  [
    'a misspelt key',
    [{ ...orders, confirmSecond: 1 }, stock],
    'clusters[0].confirmSecond',
    'clusters[0].confirmSecond is not a known key; did you mean confirmSeconds?',
  ],
  [
    'a wrong value',
    [{ ...orders, mode: 'sometimes' }, stock],
    'clusters[0].mode',
    'clusters[0].mode is "sometimes": it must be one of "manage", "observe".',
  ],
  [
    'a duplicate id',
    [orders, stock, { ...orders, seeds: ['db5'] }],
    'clusters[2].id',
    'clusters[0].id and clusters[2].id are both "orders": every cluster needs an id of its own.',
  ],
])(
  'after %s the last good entry stays in force and the mistake is told',
  (_, clusters, path, says) => {
    const now = inForce({ clusters, ...armed }, { kept: before });
    expect(idsOf(now).toSorted()).toEqual(['orders', 'stock']);
    expect(now.settings.clusters.find((it) => it.id === 'orders')).toMatchObject({
      seeds: ['db1:3306'],
      mode: 'manage',
    });
    expect(now.faults).toEqual([
      { kind: 'wrong', cluster: 'orders', path, says, kept: true, file: 'user' },
    ]);
    expect(now.settings.recoverMasterClusterFilters).toEqual(['alias=orders']);
    expect(now.keep).toEqual(before);
  },
);

test('a wrong entry that was never right is a mistake that stays, and nothing is in force for it', () => {
  const now = inForce({ clusters: [{ ...orders, sedes: [] }, stock] });
  expect(idsOf(now)).toEqual(['stock']);
  expect(now.faults).toMatchObject([{ cluster: 'orders', kept: false }]);
});

test.each<[string, unknown]>([
  ['clusters that are no list', { orders }],
  ['an entry whose id was misspelt', [{ ...orders, id: '-orders' }, stock]],
  ['an entry whose key id was misspelt', [{ ...orders, id: undefined, ident: 'orders' }, stock]],
])('%s end no cluster', (_, clusters) => {
  const now = inForce({ clusters, ...armed }, { kept: before });
  expect(idsOf(now).toSorted()).toEqual(['orders', 'stock']);
  expect(now.faults.find((it) => it.cluster === 'orders')).toMatchObject({
    kind: 'wrong',
    kept: true,
  });
});

test('a cluster that is armed or has a monitor stays until a person confirms that it was removed; another goes', () => {
  const removed = inForce({ ...armed }, { kept: before });
  expect(idsOf(removed)).toEqual(['orders']);
  expect(removed.faults).toEqual([
    {
      kind: 'removed',
      cluster: 'orders',
      path: 'clusters',
      says: 'The settings no longer name orders.',
      kept: true,
      file: 'user',
    },
  ]);
  const confirmed = forgotten(removed.keep, 'orders', 'cluster');
  expect(idsOf(inForce({ ...armed }, { kept: confirmed }))).toEqual([]);
  const served = inForce({ ...armed }, { kept: before, monitored: ['stock'] });
  expect(idsOf(served)).toEqual(['orders', 'stock']);
  const calm = inForce({ clusters: [orders], ...armed }, { kept: before });
  expect(calm.faults).toEqual([]);
  // What was removed without any protection is not brought back by a later mistake.
  const later = inForce({ clusters: [orders, { id: 'x' }] }, { kept: calm.keep });
  expect(idsOf(later)).toEqual(['orders']);
});

test('filters that are wrong, or no longer name a cluster, do not disarm it', () => {
  const clusters = [orders, stock];
  const wrong = inForce(
    { clusters, recoverMasterClusterFilters: 'alias=orders' },
    { kept: before },
  );
  expect(wrong.settings.recoverMasterClusterFilters).toEqual(['alias=orders']);
  expect(wrong.faults).toMatchObject([
    { kind: 'wrong', cluster: null, path: 'recoverMasterClusterFilters', kept: true },
  ]);
  const gone = inForce({ clusters }, { kept: before });
  expect(gone.settings.recoverMasterClusterFilters).toEqual(['alias=orders']);
  expect(gone.faults).toMatchObject([{ kind: 'disarmed', cluster: 'orders', kept: true }]);
  const off = inForce({ clusters }, { kept: forgotten(gone.keep, 'orders', 'arming') });
  expect(off.settings.recoverMasterClusterFilters).toEqual([]);
  expect(off.faults).toEqual([]);
});

test('wrong filters that were never right are off, and that is a mistake that stays', () => {
  const now = inForce({ clusters: [orders], recoverMasterClusterFilters: '*' });
  expect(now.settings.recoverMasterClusterFilters).toEqual([]);
  expect(now.faults).toEqual([
    {
      kind: 'wrong',
      cluster: null,
      path: 'recoverMasterClusterFilters',
      says: 'recoverMasterClusterFilters must be a list [...], not a text. Automatic failover is off until recoverMasterClusterFilters is corrected.',
      kept: false,
      file: 'user',
    },
  ]);
});

test.each([
  ['promotionIgnoreHostnameFilters', ['db7'], 'db7'],
  ['recoveryPeriodBlockSeconds', 60, '60'],
  ['recoverLockedSemiSyncMaster', false, 'no'],
  ['preFailoverProcesses', [['fence']], 'fence'],
  ['failMasterPromotionIfSqlThreadNotUpToDate', false, 'no'],
])('a wrong %s keeps its last good value', (name, good, bad) => {
  const kept = keptAfter({ clusters: [orders], ...armed, [name]: good });
  const now = inForce({ clusters: [orders], ...armed, [name]: bad }, { kept });
  expect(now.settings).toMatchObject({ [name]: good, ...armed });
  expect(now.faults).toMatchObject([{ path: expect.stringContaining(name), kept: true }]);
  expect(now.keep).toEqual(kept);
});

const guards = {
  preFailoverProcesses: [['/fence', '{failedHost}']],
  postFailoverProcesses: [['/dns', '{successorHost}']],
  promotionIgnoreHostnameFilters: ['dr-site'],
  recoverIntermediateMasterClusterFilters: ['orders'],
  recoveryPeriodBlockSeconds: 60,
  failMasterPromotionIfSqlThreadNotUpToDate: false,
};

test('what an armed failover goes by stays in force when the whole text of the settings is gone', () => {
  const kept = keptAfter({ clusters: [orders], ...armed, ...guards });
  const now = inForce({}, { kept });
  expect(now.settings).toMatchObject({ ...armed, ...guards });
  const dropped = now.faults.filter((it) => it.kind === 'dropped');
  expect(dropped.map((it) => it.path).toSorted()).toEqual(Object.keys(guards).toSorted());
  expect(dropped[0]).toMatchObject({
    cluster: null,
    says: 'The settings no longer name preFailoverProcesses; its last value is in force.',
    kept: true,
  });
  // It survives a restart, and a mistake elsewhere.
  expect(now.keep.values).toEqual(guards);
  expect(inForce({ clusters: 7 }, { kept: now.keep }).settings).toMatchObject(guards);
});

test('a guard that is written for the first time, and wrong, leaves the failover as it was', () => {
  const kept = keptAfter({ clusters: [orders], ...armed });
  const now = inForce({ clusters: [orders], ...armed, preFailoverProcesses: '/fence' }, { kept });
  expect(now.settings).toMatchObject({ ...armed, preFailoverProcesses: [] });
  expect(now.faults).toMatchObject([{ kind: 'wrong', path: 'preFailoverProcesses', kept: true }]);
  expect(now.faults[0]?.says).not.toContain('off');
  expect(now.keep).toEqual(kept);
});

test('one of them ends when a person confirms it, says so in the settings, or nothing acts by itself', () => {
  const user = { clusters: [orders], ...armed };
  const kept = keptAfter({ ...user, ...guards });
  const confirmed = withoutValues(kept, Object.keys(guards));
  expect(inForce(user, { kept: confirmed })).toMatchObject({
    settings: { preFailoverProcesses: [] },
    faults: [],
  });
  const emptied = inForce({ ...user, ...guards, preFailoverProcesses: [] }, { kept });
  expect(emptied).toMatchObject({ settings: { preFailoverProcesses: [] }, faults: [] });
  const calm = keptAfter({ clusters: [orders], preFailoverProcesses: [['/fence']] });
  expect(inForce({ clusters: [orders] }, { kept: calm })).toMatchObject({
    settings: { preFailoverProcesses: [] },
    faults: [],
  });
  const usual = keptAfter({ ...user, recoveryPeriodBlockSeconds: 3600, labImage: 'mariadb' });
  expect(inForce(user, { kept: usual }).faults).toEqual([]);
});

const place = 'file:///home/me/shop';
const folderOf = (clusters: unknown, more: object = {}): FolderSettings => ({
  place,
  agreed: true,
  values: { clusters, ...more },
});

test('the clusters of a folder come beside those of the user once a person agreed', () => {
  const shop = { ...stock, id: 'shop' };
  const folder = folderOf([shop]);
  const asked = inForce({ clusters: [orders] }, { folder: { ...folder, agreed: false } });
  expect(idsOf(asked)).toEqual(['orders']);
  expect(asked.awaiting).toEqual(['shop']);
  const agreed = inForce({ clusters: [orders] }, { folder });
  expect(idsOf(agreed)).toEqual(['orders', 'shop']);
  expect([...agreed.origins]).toEqual([
    ['orders', 'user'],
    ['shop', place],
  ]);
});

test.each<[string, Situation['kept'], Readonly<Record<string, unknown>>]>([
  ['that the user has', nothingKept, { clusters: [orders] }],
  ['that the user has with a mistake', before, { clusters: [{ ...orders, mode: 1 }, stock] }],
  ['that the user had', before, { clusters: [stock] }],
])('a folder cannot take an id %s', (_, kept, user) => {
  const evil = { ...orders, seeds: ['evil.example'] };
  const now = inForce({ ...user, ...armed }, { kept, folder: folderOf([evil]) });
  expect(JSON.stringify(now.settings)).not.toContain('evil');
  expect(JSON.stringify(now.keep)).not.toContain('evil');
  expect(now.problems.map((it) => it.says).join('\n')).toContain(
    'clusters[0].id of this folder\'s settings is "orders", which is the id of another cluster of yours',
  );
});

test('nor that of another folder, nor arm anything, nor name a program or a file', () => {
  const shop = { ...stock, id: 'shop' };
  const kept = keptAfter({}, { folder: folderOf([shop]) });
  const other = { ...folderOf([{ ...shop, seeds: ['evil.example'] }]), place: 'file:///evil' };
  expect(idsOf(inForce({}, { kept, folder: other }))).toEqual([]);
  const arming = inForce(
    {},
    {
      folder: folderOf([shop], {
        recoverMasterClusterFilters: ['*'],
        preFailoverProcesses: [['x']],
      }),
    },
  );
  expect(arming.settings).toMatchObject({
    recoverMasterClusterFilters: [],
    preFailoverProcesses: [],
  });
  expect(arming.problems.map((it) => [it.path, it.severity])).toEqual([
    ['recoverMasterClusterFilters', 'error'],
    ['preFailoverProcesses', 'notice'],
  ]);
  for (const more of [{ passwordCommand: ['touch', 'x'] }, { passwordFile: '~/.netrc' }]) {
    const now = inForce({}, { folder: folderOf([{ ...shop, ...more }]) });
    expect(idsOf(now)).toEqual([]);
    expect(now.problems[0]?.says).toContain('a folder may not run programs or read files of yours');
  }
});

test('a mistake in a folder leaves the last good entry of that folder in force', () => {
  const shop = { ...stock, id: 'shop' };
  const kept = keptAfter({}, { folder: folderOf([shop]) });
  const now = inForce({}, { kept, folder: folderOf([{ ...shop, pollMs: 'fast' }]) });
  expect(idsOf(now)).toEqual(['shop']);
  expect(now.faults).toMatchObject([{ cluster: 'shop', kept: true, file: 'folder' }]);
});
