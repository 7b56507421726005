import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Recovery } from '../../../src/core/model/recovery.ts';
import {
  findingAt,
  healthyState,
  masterMember,
  memberAs,
  silentState,
  stateOf,
  topologyOf,
} from '../../support/cluster-states.ts';
import { call, type Ended, GivenCluster, partsOf } from '../../support/cli.ts';
import { planOf } from '../../support/sample-plan.ts';
import { instanceOf, mariadbServer } from '../../support/servers.ts';

const dir = mkdtempSync(join(tmpdir(), 'switchover-commands-'));
const config = join(dir, 'switchover.json');
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

function settings(...clusters: readonly object[]): void {
  writeFileSync(
    config,
    JSON.stringify({ clusters: clusters.map((it) => ({ seeds: ['db1'], user: 'orc', ...it })) }),
  );
}

function on(clusters: readonly GivenCluster[], ...words: readonly string[]): Promise<Ended> {
  return call(words, { cwd: dir, parts: partsOf(clusters) });
}

const rawValue = z.union([z.string(), z.number(), z.null()]);

/** The shape that scripts rely on. */
const topologyDocument = z.strictObject({
  clusters: z.array(
    z.strictObject({
      id: z.string(),
      master: z.string().nullable(),
      instances: z.array(
        z.strictObject({
          instance: z.string().regex(/:\d+$/),
          address: z.string().regex(/:\d+$/),
          alive: z.boolean(),
          role: z.enum(['master', 'co-master', 'replica', 'intermediate', 'detached']),
          source: z.string().nullable(),
          version: z.string().nullable(),
          flavor: z.enum(['mysql', 'mariadb']).nullable(),
          readOnly: z.boolean().nullable(),
          superReadOnly: z.boolean().nullable(),
          gtid: z.looseObject({ kind: z.enum(['mysql', 'mariadb', 'off']) }).nullable(),
          replication: z
            .strictObject({
              receiver: z.enum(['yes', 'no', 'connecting']),
              applier: z.enum(['yes', 'no']),
              lagSeconds: z.number().nullable(),
              lastError: z.looseObject({ code: z.number(), message: z.string() }).nullable(),
              raw: z.record(z.string(), rawValue),
            })
            .nullable(),
          findings: z.array(z.string()),
        }),
      ),
      findings: z.array(
        z.looseObject({ code: z.string(), instance: z.string().nullable(), says: z.string() }),
      ),
    }),
  ),
});

test('topology --json is one document of the promised shape, and nothing else', async () => {
  settings({ id: 'orders' });
  const { code, out, err } = await on(
    [new GivenCluster('orders', healthyState('orders'))],
    'topology',
    '--json',
  );
  expect([code, err]).toEqual([0, '']);
  const { clusters } = topologyDocument.parse(JSON.parse(out));
  expect(clusters[0]).toMatchObject({ id: 'orders', master: 'db1:3306', findings: [] });
  expect(clusters[0]?.instances.map((it) => [it.instance, it.role, it.source, it.alive])).toEqual([
    ['db1:3306', 'master', null, true],
    ['db2:3306', 'replica', 'db1:3306', true],
    ['db3:3306', 'replica', 'db1:3306', true],
  ]);
  expect(clusters[0]?.instances[1]?.replication).toMatchObject({
    receiver: 'yes',
    lagSeconds: 0,
    raw: { Slave_IO_Running: 'Yes' },
  });
});

test('a dead master stays the master in topology --json, and nothing read is exit code 4', async () => {
  settings({ id: 'orders' });
  const { code, out, err } = await on(
    [new GivenCluster('orders', silentState('orders'))],
    'topology',
    '--json',
  );
  expect(code).toBe(4);
  expect(topologyDocument.parse(JSON.parse(out)).clusters[0]).toMatchObject({
    master: 'db1:3306',
    instances: [
      {
        instance: 'db1:3306',
        alive: false,
        role: 'master',
        version: '10.11.19-MariaDB-log',
        readOnly: null,
        findings: ['NothingReachable'],
      },
    ],
  });
  expect(err).toBe('error: db1:3306 refuses connections: no server listens there.\n');
});

test('several clusters stand below their names; one that is silent does not hide the others', async () => {
  settings({ id: 'orders' }, { id: 'stock' });
  const clusters = [
    new GivenCluster('orders', silentState('orders')),
    new GivenCluster('stock', healthyState('stock')),
  ];
  const { code, out, err } = await on(clusters, 'topology');
  expect(code).toBe(0);
  expect(out).toMatch(/^orders\ndb1:3306 \[unknown.*\]\n\nstock\ndb1:3306 {3}\[0s,ok/);
  expect(err).toBe('db1:3306 refuses connections: no server listens there.\n');
});

test('colours are for terminals only', async () => {
  settings({ id: 'orders' });
  const parts = partsOf([new GivenCluster('orders', healthyState('orders'))]);
  const coloured = async (words: string[], terminal: boolean, env = {}) =>
    (await call(['topology', ...words], { cwd: dir, parts, terminal, env })).out.includes(
      '\u001B[',
    );
  expect(await coloured([], true)).toBe(true);
  expect(await coloured([], false)).toBe(false);
  expect(await coloured(['--no-color'], true)).toBe(false);
  expect(await coloured([], true, { NO_COLOR: '1' })).toBe(false);
  expect(await coloured(['--json'], true)).toBe(false);
});

test('problems: 0 without, 3 with, 4 when nothing could be read', async () => {
  settings({ id: 'orders' });
  const { topology } = healthyState('orders');
  const sick = stateOf(topology, [findingAt('db3:3306', 'ReplicaNotReplicating')]);
  const ends = await Promise.all(
    [healthyState('orders'), sick, silentState('orders')].map((it) =>
      on([new GivenCluster('orders', it)], 'problems'),
    ),
  );
  expect(ends.map((it) => it.code)).toEqual([0, 3, 4]);
  expect(ends[0]?.out).toBe('No problem was found.\n');
  expect(ends[1]?.out).toContain(
    'ReplicaNotReplicating: db3:3306 is dead.\n    db3:3306 refuses connections.\n    Promote a replica.',
  );
  const { out } = await on([new GivenCluster('orders', sick)], 'problems', '--json');
  expect(JSON.parse(out)).toMatchObject({
    clusters: [{ id: 'orders', findings: [{ code: 'ReplicaNotReplicating' }] }],
  });
});

function promotable(cluster = 'orders'): GivenCluster {
  const given = new GivenCluster(cluster, healthyState(cluster));
  given.decision = { kind: 'act', plan: planOf(2) };
  given.steps = [
    recoveryAt('running', 'running', 'waiting'),
    recoveryAt('running', 'done', 'running'),
    recoveryAt('succeeded', 'done', 'done'),
  ];
  return given;
}

function recoveryAt(
  state: Recovery['state'],
  ...steps: readonly Recovery['steps'][number]['state'][]
): Recovery {
  const plan = planOf(steps.length);
  return {
    id: 'r1',
    cluster: 'orders',
    kind: plan.kind,
    headline: plan.headline,
    trigger: 'user',
    actor: 'me@here (1)',
    oldMaster: plan.oldMaster,
    newMaster: plan.newMaster,
    state,
    startedAt: 1_700_000_000_000,
    endedAt: state === 'running' ? null : 1_700_000_001_000,
    checks: plan.checks,
    effects: plan.effects,
    steps: steps.map((it, index) => ({
      id: String(index + 1),
      on: 'db1:3306',
      says: 'Make db1 read-only.',
      sql: ['SET GLOBAL read_only = ON'],
      state: it,
      startedAt: it === 'waiting' ? null : 100,
      endedAt: it === 'done' ? 112 : null,
      note: null,
    })),
    problems: [],
    writeStopMs: state === 'succeeded' ? 87.4 : null,
    handover: null,
    acknowledgement: null,
  };
}

test('a dry run prints checks, steps, SQL and effects, and changes nothing', async () => {
  settings({ id: 'orders' });
  const given = promotable();
  const { code, out } = await on([given], 'promote', 'orders', 'db2', '--dry-run');
  expect([code, given.ran]).toEqual([0, []]);
  expect(given.wishes).toEqual([{ kind: 'promote', instance: 'db2:3306', acceptLoss: false }]);
  expect(out).toContain('Promote db2 to master of orders\n');
  expect(out).toContain('  ✓ db2 is not far behind: 0 s\n');
  expect(out).toContain(
    '    1. db1:3306  Make db1 read-only.\n         SET GLOBAL read_only = ON\n',
  );
  expect(out).toContain('  May lose:     nothing\n');
});

test('a promotion tells each step once when it begins and once when it ends, then the write stop', async () => {
  settings({ id: 'orders', environment: 'lab' });
  const given = promotable();
  const { code, out } = await on([given], 'promote', 'db2');
  expect(code).toBe(0);
  expect(given.ran).toEqual([planOf(2)]);
  const progress = out.split('\n').filter((it) => /^[…✓] {2}\d/.test(it));
  expect(progress.map((it) => it.slice(0, 6))).toEqual(['…  1. ', '✓  1. ', '…  2. ', '✓  2. ']);
  expect(progress[1]).toContain('(12 ms)');
  expect(out.trim().split('\n').slice(-2)).toEqual([
    'Promote db2 to master of orders: done.',
    'Writes stopped for 87 ms.',
  ]);
});

test('with --json stdout is one document, and the words go to stderr', async () => {
  settings({ id: 'orders', environment: 'lab' });
  const { code, out, err } = await on([promotable()], 'promote', 'orders', 'db2', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    outcome: 'succeeded',
    plan: { subject: 'db2:3306' },
    recovery: { id: 'r1', writeStopMs: 87.4 },
  });
  expect(err).toContain('✓  2. db1:3306');
});

test.each([['partial'], ['undone'], ['failed'], ['interrupted']] as const)(
  'a run that ends %s is exit code 1',
  async (state) => {
    settings({ id: 'orders', environment: 'lab' });
    const given = promotable();
    given.steps = [recoveryAt(state, 'done', 'failed')];
    expect((await on([given], 'promote', 'orders', 'db2')).code).toBe(1);
  },
);

test('a production cluster is changed only when it is named twice', async () => {
  settings({ id: 'orders' });
  const given = promotable();
  const without = await on([given], 'promote', 'orders', 'db2');
  expect(without).toEqual({
    code: 2,
    out: '',
    err: 'error: orders is a production cluster: add --confirm orders to change it.\n',
  });
  expect((await on([given], 'promote', 'orders', 'db2', '--confirm', 'stock')).code).toBe(2);
  expect(given.ran).toEqual([]);
  expect((await on([given], 'promote', 'orders', 'db2', '--confirm', 'orders')).code).toBe(0);
});

test('a refusal is exit code 3, with its reasons and the way out', async () => {
  settings({ id: 'orders', environment: 'lab' });
  const given = promotable();
  const checks = [
    { says: 'db1 has nothing of its own', measured: '3 transactions', verdict: 'failed' },
  ] as const;
  given.decision = {
    kind: 'hold',
    refusal: { because: ['db1 holds 0-1-5.'], instead: ['Rebuild db1.'], checks },
  };
  const { code, out } = await on([given], 'rejoin', 'orders', 'db1', '--dry-run');
  expect(code).toBe(3);
  expect(out).toBe(
    'Refused: db1 holds 0-1-5.\n  ✗ db1 has nothing of its own: 3 transactions\nInstead: Rebuild db1.\n',
  );
  const json = await on([given], 'rejoin', 'orders', 'db1', '--json');
  expect(JSON.parse(json.out)).toMatchObject({
    outcome: 'refused',
    refusal: { because: ['db1 holds 0-1-5.'] },
  });
});

test('a plan that no longer holds when it should run is exit code 3', async () => {
  settings({ id: 'orders', environment: 'lab' });
  const given = promotable();
  given.steps = [];
  given.refused = ['The topology changed.'];
  const { code, out } = await on([given], 'promote', 'orders', 'db2');
  expect(code).toBe(3);
  expect(out).toContain('Refused: The topology changed.');
});

test('a change where nothing can be read is exit code 4', async () => {
  settings({ id: 'orders', environment: 'lab' });
  expect(
    (await on([new GivenCluster('orders', silentState('orders'))], 'promote', 'orders', 'db2'))
      .code,
  ).toBe(4);
});

test('an instance is found by alias and address, and by its host only where one fits', async () => {
  settings({ id: 'orders', environment: 'lab' });
  const twin = (key: string) => ({
    ...instanceOf(key, mariadbServer(key)),
    aliases: [`alias-${key}`],
    address: `127.0.0.1:${key.slice(-4)}`,
  });
  const members = [
    masterMember('db1:3306'),
    memberAs('replica', 'db1:3306', twin('db2:3307')),
    memberAs('replica', 'db1:3306', twin('db2:3308')),
  ];
  const given = promotable();
  const cluster = new GivenCluster('orders', stateOf(topologyOf('orders', members)));
  cluster.decision = given.decision;
  for (const named of ['db2:3308', 'alias-db2:3308', '127.0.0.1:3308', 'alias-db2:3307']) {
    expect((await on([cluster], 'promote', 'orders', named, '--dry-run')).code).toBe(0);
  }
  expect(cluster.wishes.map((it) => it.instance)).toEqual([
    'db2:3308',
    'db2:3308',
    'db2:3308',
    'db2:3307',
  ]);
  const { code, err } = await on([cluster], 'promote', 'orders', 'db2', '--dry-run');
  expect([code, err]).toEqual([2, 'error: db2 may be db2:3307 or db2:3308: add the port.\n']);
});

test('where several clusters are configured, the instance alone is not enough', async () => {
  settings({ id: 'orders', environment: 'lab' }, { id: 'stock' });
  const { code, err } = await on([promotable(), promotable('stock')], 'promote', 'db2');
  expect(code).toBe(2);
  expect(err).toContain('Name the cluster and the instance: orders, stock are configured');
});

test('--force accepts the loss, and only that', async () => {
  settings({ id: 'orders' });
  const given = promotable();
  await on([given], 'promote', 'orders', 'db2', '--force', '--dry-run');
  expect(given.wishes).toEqual([{ kind: 'promote', instance: 'db2:3306', acceptLoss: true }]);
});

test('the monitor prints one JSON object per change, and nothing while nothing changes', async () => {
  settings({ id: 'orders' });
  const well = healthyState('orders');
  const lost = stateOf(topologyOf('orders', well.topology.members.slice(0, 2)), [
    findingAt('db3:3306', 'ReplicaUnreachable'),
  ]);
  const states = [
    well,
    well,
    lost,
    { ...lost, running: recoveryAt('running', 'running') },
    { ...well, recoveries: [recoveryAt('succeeded', 'done')] },
  ];
  const { code, out, err } = await on([new GivenCluster('orders', ...states)], 'monitor', '--json');
  expect(code).toBe(0);
  expect(err).toContain('not available yet: automatic failover');
  const event = z.looseObject({
    at: z.iso.datetime(),
    cluster: z.literal('orders'),
    kind: z.string(),
  });
  const events = out
    .trim()
    .split('\n')
    .map((line) => event.parse(JSON.parse(line)));
  expect(events.map((it) => [it.kind, it['state'] ?? null])).toEqual([
    ['topology', null],
    ['topology', null],
    ['finding', 'appeared'],
    ['step', null],
    ['topology', null],
    ['finding', 'gone'],
    ['recovery', null],
  ]);
});
