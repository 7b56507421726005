import { expect, test } from 'vitest';
import { analyse } from '../../../../../src/core/analyse/analyse.ts';
import {
  demandChecks,
  demandOf,
  newcomerChecks,
  readsEncrypted,
} from '../../../../../src/core/decide/candidates/source-demands.ts';
import { examine } from '../../../../../src/core/doctor/examine.ts';
import type { DatabaseAccount } from '../../../../../src/core/model/check-up.ts';
import type { Channel, Server } from '../../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { memberOf, type Topology } from '../../../../../src/core/model/topology.ts';
import { healthyCheckUp } from '../../../../support/builders/check-ups.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { policy } from '../../../../support/builders/world.ts';

const mysql: Partial<Server> = { flavor: 'mysql', release: [9, 7, 4] };

function changed(
  topology: Topology,
  key: string,
  server: Partial<Server>,
  channel: Partial<Channel> = {},
): Topology {
  return {
    ...topology,
    members: topology.members.map((it) => {
      if (it.key !== key || it.probe.kind !== 'answered') return it;
      const now = {
        ...it.probe.server,
        ...server,
        channels: it.probe.server.channels.map((one) => ({ ...one, ...channel })),
      };
      return { ...it, probe: { ...it.probe, server: now }, lastAnswer: { at: 1, server: now } };
    }),
  };
}

function serverOf(topology: Topology, key: string): Server | undefined {
  return memberOf(topology, key)?.lastAnswer?.server;
}

const healthy = draw('db1\n+ db2\n+ db3');

test.each([
  { server: mysql, channel: {}, source: { offersTls: true }, encrypted: true },
  { server: mysql, channel: {}, source: { offersTls: false }, encrypted: false },
  { server: mysql, channel: {}, source: { offersTls: null }, encrypted: false },
  // What is encrypted stays so, whatever the source says.
  { server: mysql, channel: { tls: true }, source: { offersTls: false }, encrypted: true },
  { server: {}, channel: {}, source: { offersTls: true }, encrypted: false },
  { server: {}, channel: {}, source: { offersTls: true, requiresTls: true }, encrypted: true },
])('$server with $channel reads from $source encrypted: $encrypted', (row) => {
  const replica = serverOf(changed(healthy, 'db3:3306', row.server, row.channel), 'db3:3306');
  const source = serverOf(changed(healthy, 'db2:3306', row.source), 'db2:3306');
  expect(readsEncrypted(replica?.channels[0], replica, source)).toBe(row.encrypted);
});

test('a follower over TLS is refused a source without, and warned of where there is no other', () => {
  const topology = changed(changed(healthy, 'db3:3306', {}, { tls: true }), 'db2:3306', {
    offersTls: false,
  });
  const [source, follower] = [memberOf(topology, 'db2:3306'), memberOf(topology, 'db3:3306')];
  if (source === undefined || follower === undefined) throw new Error('They are drawn.');
  const told = (when: 'refuse' | 'warn'): readonly string[] =>
    demandChecks({}, source, [follower], when).map(
      (it) => `${it.verdict}: ${inEnglish(it.measured)}`,
    );
  expect(told('refuse')).toEqual(['failed: it reads over TLS, and db2:3306 offers none']);
  expect(told('warn')).toEqual(['warning: it reads over TLS, and db2:3306 offers none']);
});

test.each<{
  name: string;
  demands: 'tls' | 'certificate' | undefined;
  channel: Partial<Channel>;
  offersTls: boolean | null;
  told: readonly string[];
  tls: boolean;
}>([
  { name: 'nothing', demands: undefined, channel: {}, offersTls: true, told: [], tls: false },
  {
    name: 'TLS of one that reads without',
    demands: 'tls',
    channel: {},
    offersTls: true,
    told: ["warning: 'repl' must use TLS there; the plan switches it on"],
    tls: true,
  },
  {
    name: 'TLS of one that uses it',
    demands: 'tls',
    channel: { tls: true },
    offersTls: true,
    told: [],
    tls: true,
  },
  {
    name: 'TLS where there is none',
    demands: 'tls',
    channel: {},
    offersTls: false,
    told: ["failed: 'repl' must use TLS there, and db2:3306 offers none"],
    tls: false,
  },
  {
    name: 'a certificate of one that has none',
    demands: 'certificate',
    channel: { tls: true },
    offersTls: true,
    told: ["failed: 'repl' must show a certificate there, and db3:3306 has none"],
    tls: true,
  },
  {
    name: 'a certificate of one that has it',
    demands: 'certificate',
    channel: { tls: true, raw: { Master_SSL_Cert: '/etc/mysql/client.pem' } },
    offersTls: true,
    told: [],
    tls: true,
  },
])('the account demands $name', ({ demands, channel, offersTls, told, tls }) => {
  const topology = changed(
    changed(healthy, 'db3:3306', {}, { user: 'repl', ...channel }),
    'db2:3306',
    { offersTls },
  );
  const [source, follower] = [memberOf(topology, 'db2:3306'), memberOf(topology, 'db3:3306')];
  if (source === undefined || follower === undefined) throw new Error('They are drawn.');
  const account = { user: 'repl', host: '%', ...(demands === undefined ? {} : { demands }) };
  // One that is no account of this user says nothing.
  const other = { user: 'else', host: '%', demands: 'certificate' } as const;
  const context = { sourceAccounts: new Map([['db2:3306', [account, other]]]) };
  const checks = demandChecks(context, source, [follower], 'refuse');
  expect(checks.map((it) => `${it.verdict}: ${inEnglish(it.measured)}`)).toEqual(told);
  const [replica, below] = [serverOf(topology, 'db3:3306'), serverOf(topology, 'db2:3306')];
  const demand = demandOf(context, 'db2:3306', {
    user: 'repl',
    replica: 'db3:3306',
    server: replica,
  });
  expect(readsEncrypted(replica?.channels[0], replica, below, demand)).toBe(tls);
});

test.each<{
  name: string;
  replica: Partial<Server>;
  channel?: Partial<Channel>;
  now?: Partial<DatabaseAccount>;
  next: Partial<DatabaseAccount>;
  told: readonly string[];
}>([
  {
    name: 'lets nobody in over the network',
    replica: {},
    next: { plugin: 'unix_socket' },
    told: [
      "failed: 'repl' logs in with unix_socket there, which no network connection can use. Give it a way to log in that every replica knows, with ALTER USER on the master.",
    ],
  },
  {
    name: 'is locked',
    replica: mysql,
    next: { shut: 'locked' },
    told: [
      "failed: the account of 'repl' is locked there. Unlock it on the master with ALTER USER ... ACCOUNT UNLOCK.",
    ],
  },
  {
    name: 'needs what the replica uses today',
    replica: {},
    now: { plugin: 'ed25519' },
    next: { plugin: 'ed25519' },
    told: [],
  },
  {
    name: 'needs what the replica used until it stopped',
    replica: { version: '10.11.19-MariaDB' },
    channel: { receiver: 'connecting' },
    now: { plugin: 'ed25519' },
    next: { plugin: 'ed25519' },
    told: [
      "failed: 'repl' logs in with ed25519 there, which 10.11.19-MariaDB can only use if it was set up for it. Give it a way to log in that every replica knows, with ALTER USER on the master.",
    ],
  },
  {
    name: 'needs TLS of a replica that cannot ask for a key',
    replica: { flavor: 'mysql', release: [5, 7, 44] },
    next: { plugin: 'caching_sha2_password' },
    told: ["warning: 'repl' must use TLS there; the plan switches it on"],
  },
  { name: 'needs a key', replica: mysql, next: { plugin: 'caching_sha2_password' }, told: [] },
])('the account $name', ({ replica, channel = {}, now = {}, next, told }) => {
  const topology = changed(
    changed(healthy, 'db3:3306', replica, { user: 'repl', ...channel }),
    'db2:3306',
    { offersTls: true },
  );
  const [source, follower] = [memberOf(topology, 'db2:3306'), memberOf(topology, 'db3:3306')];
  if (source === undefined || follower === undefined) throw new Error('They are drawn.');
  const account = { user: 'repl', host: '%' };
  const sourceAccounts = new Map([
    ['db1:3306', [{ ...account, ...now }]],
    ['db2:3306', [{ ...account, ...next }]],
  ]);
  const checks = demandChecks({ sourceAccounts }, source, [follower], 'refuse');
  expect(checks.map((it) => `${it.verdict}: ${inEnglish(it.measured)}`)).toEqual(told);
  // The doctor finds the same beforehand, but for what the plan changes itself.
  const checkUps = new Map(
    [...sourceAccounts].map(([key, accounts]) => [key, healthyCheckUp(key, { accounts })]),
  );
  const items = examine(topology, policy, checkUps).filter(
    (it) => it.code === 'AccountUnusable' && it.instance === 'db3:3306',
  );
  expect(items).toHaveLength(told.filter((it) => it.startsWith('failed')).length);
});

test('a former master logs in as the user of the settings', () => {
  const [master, source] = [memberOf(healthy, 'db1:3306'), memberOf(healthy, 'db2:3306')];
  if (master === undefined || source === undefined) throw new Error('They are drawn.');
  const account = { user: 'repl', host: '%', shut: 'expired' } as const;
  const context = {
    policy: { ...policy, replicationUser: 'repl' },
    sourceAccounts: new Map([['db2:3306', [account]]]),
  };
  const checks = newcomerChecks(context, source, master);
  expect(checks.map((it) => `${it.verdict}: ${inEnglish(it.measured)}`)).toEqual([
    "failed: the password of 'repl' has expired there. Set it anew on the master with ALTER USER ... IDENTIFIED BY.",
  ]);
});

test('the doctor finds a replica whose next login would be turned away, and lets it use TLS', () => {
  const topology = changed(changed(healthy, 'db3:3306', {}, { user: 'repl' }), 'db2:3306', {
    offersTls: true,
  });
  const asked = healthyCheckUp('db2:3306', {
    accounts: [{ user: 'repl', host: '%', demands: 'tls' }],
  });
  const items = examine(topology, policy, new Map([['db2:3306', asked]]));
  expect(
    items.filter((it) => it.code === 'AccountDemandsTls' && it.instance === 'db3:3306'),
  ).toMatchObject([{ gravity: 'breaks', remedy: { options: { tls: true } } }]);
});

test('a replica that chooses its source by itself is found, and an item of the doctor', () => {
  const topology = changed(healthy, 'db3:3306', mysql, { ownFailover: true, tls: true });
  expect(analyse(topology, policy).map((it) => it.code)).toContain('ConnectionFailoverOn');
  const item = examine(topology, policy, new Map()).find(
    (it) => it.code === 'ConnectionFailoverOn',
  );
  expect(item?.remedy).toEqual({ options: { staysWithSource: true } });
});

test.each([
  { channel: {}, source: { offersTls: true }, remedy: { tls: true } },
  { channel: {}, source: { offersTls: false }, remedy: { publicKey: true } },
  { channel: { tls: true }, source: { offersTls: true }, remedy: undefined },
  { channel: { publicKey: true }, source: { offersTls: true }, remedy: undefined },
])('with $channel from $source the doctor lets it in by $remedy', (row) => {
  const topology = changed(
    changed(healthy, 'db3:3306', mysql, row.channel),
    'db1:3306',
    row.source,
  );
  const items = examine(topology, policy, new Map()).filter((it) => it.code === 'LogsInByCache');
  expect(items.map((it) => it.remedy?.options)).toEqual(
    row.remedy === undefined ? [] : [row.remedy],
  );
});

test('error 2061 is no matter of the password', () => {
  const topology = draw(
    'db1\n+ db2 receiver=connecting io=2061:Authentication_requires_secure_connection.\n+ db3',
  );
  const found = analyse(topology, policy).find((it) => it.code === 'ReplicationCredentialsWrong');
  expect(found?.advice).toContain('TLS');
  const offered = changed(topology, 'db1:3306', { offersTls: true });
  const item = examine(offered, policy, new Map()).find(
    (it) => it.code === 'ReplicationCredentialsWrong',
  );
  expect(item?.remedy).toEqual({ options: { tls: true } });
});
