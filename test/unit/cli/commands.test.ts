import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  findingAt,
  healthyState,
  silentState,
  stateOf,
  topologyOf,
} from '../../support/builders/cluster-states.ts';
import { cliHome } from '../../support/harness/cli-home.ts';
import { call, type Ended, GivenCluster, partsOf } from '../../support/harness/call-cli.ts';
import { recoveryAt } from '../../support/builders/sample-recovery.ts';

const { dir, settings } = cliHome();

function on(clusters: readonly GivenCluster[], ...words: readonly string[]): Promise<Ended> {
  return call(words, { cwd: dir, parts: partsOf(clusters) });
}

const rawValue = z.string().nullable();

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
          role: z.enum(['master', 'co-master', 'replica', 'intermediate', 'detached', 'unknown']),
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
      readers: z.array(z.strictObject({})).optional(),
      outsiders: z.array(
        z.strictObject({ instance: z.string(), namedBy: z.array(z.string()), why: z.string() }),
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
  const { code, out } = await on([new GivenCluster('orders', ...states)], 'monitor', '--json');
  expect(code).toBe(0);
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
