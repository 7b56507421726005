import { expect, test } from 'vitest';
import { phrase, plain } from '../../../../src/core/model/phrase.ts';
import type { Instance } from '../../../../src/core/model/instance.ts';
import {
  healthyState,
  masterMember,
  memberAs,
  silentState,
  stateOf,
  topologyOf,
} from '../../../support/builders/cluster-states.ts';
import { cliHome } from '../../../support/harness/cli-home.ts';
import { call, type Ended, GivenCluster, partsOf } from '../../../support/harness/call-cli.ts';
import { planOf } from '../../../support/builders/sample-plan.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';
import { instanceOf, mariadbServer } from '../../../support/builders/servers.ts';

const { dir, settings } = cliHome();

function on(clusters: readonly GivenCluster[], ...words: readonly string[]): Promise<Ended> {
  return call(words, { cwd: dir, parts: partsOf(clusters) });
}

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
    {
      says: plain('db1 has nothing of its own'),
      measured: plain('3 transactions'),
      verdict: 'failed',
    },
  ] as const;
  given.decision = {
    kind: 'hold',
    refusal: {
      because: [phrase('{instance} holds {list}.', { instance: 'db1', list: '0-1-5' })],
      instead: [plain('Rebuild db1.')],
      checks,
    },
  };
  const { code, out } = await on([given], 'rejoin', 'orders', 'db1', '--dry-run');
  expect(code).toBe(3);
  expect(out).toBe(
    'Refused: db1 holds 0-1-5.\n  ✗ Required: db1 has nothing of its own. Found: 3 transactions\nInstead: Rebuild db1.\n',
  );
  const json = await on([given], 'rejoin', 'orders', 'db1', '--json');
  expect(JSON.parse(json.out)).toMatchObject({
    outcome: 'refused',
    refusal: {
      because: ['db1 holds 0-1-5.'],
      instead: ['Rebuild db1.'],
      checks: [
        { says: 'db1 has nothing of its own', measured: '3 transactions', verdict: 'failed' },
      ],
    },
  });
});

test('a plan that no longer holds when it should run is exit code 3', async () => {
  settings({ id: 'orders', environment: 'lab' });
  const given = promotable();
  given.steps = [];
  given.refused = [plain('The topology changed.')];
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

function twin(key: string): Instance {
  const address = `127.0.0.1:${key.slice(-4)}`;
  return { ...instanceOf(key, mariadbServer(key)), aliases: [`alias-${key}`], address };
}
