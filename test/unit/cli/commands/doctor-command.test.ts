import { expect, test } from 'vitest';
import type { CheckedItem } from '../../../../src/core/model/doctor.ts';
import { plain } from '../../../../src/core/model/phrase.ts';
import { healthyState } from '../../../support/builders/cluster-states.ts';
import { cliHome } from '../../../support/harness/cli-home.ts';
import { call, GivenCluster, partsOf, type Ended } from '../../../support/harness/call-cli.ts';
import { planOf } from '../../../support/builders/sample-plan.ts';

const { dir, settings } = cliHome();
settings({ id: 'orders', environment: 'lab' });

const slow: CheckedItem = {
  code: 'SlowDetection',
  gravity: 'slows',
  instance: 'db2:3306',
  says: plain('It is slow.'),
  why: plain('Because.'),
  evidence: [plain('slave_net_timeout = 60')],
  advice: plain('Set it.'),
  remedy: null,
  byHand: [],
  fix: { kind: 'act', plan: planOf(1) },
  instructions: [
    {
      on: 'db2:3306',
      into: 'option-file',
      lines: ['[mysqld]', 'slave_net_timeout = 4'],
      restart: false,
    },
  ],
};

function doctor(items: readonly CheckedItem[], ...words: readonly string[]): Promise<Ended> {
  const given = new GivenCluster('orders', healthyState('orders'));
  given.report = {
    cluster: 'orders',
    at: 0,
    items,
    unasked: [{ instance: 'db1:3306', says: plain('the disks') }],
  };
  given.decision = { kind: 'act', plan: planOf(1) };
  return call(['doctor', ...words], { cwd: dir, parts: partsOf([given]) });
}

test('each item stands with why, what was seen and the exact fix; exit code 3', async () => {
  const { code, out } = await doctor([slow], 'orders');
  expect(code).toBe(3);
  expect(out).toContain('orders: 0 would break a recovery, 1 would slow it, 0 advice.\n');
  expect(out).toContain(
    '    Seen:   slave_net_timeout = 60\n    Why:    Because.\n    Advice: Set it.\n',
  );
  expect(out).toContain('    Fix:    switchover doctor orders db2:3306 --fix SlowDetection\n');
  expect(out).toContain(
    '    In the option file of db2:3306:\n        [mysqld]\n        slave_net_timeout = 4\n',
  );
  expect(out).toContain('  db1:3306: the disks\n');
});

test('advice alone is no problem, nor is nothing', async () => {
  expect((await doctor([{ ...slow, gravity: 'advice' }])).code).toBe(0);
  const { code, out } = await doctor([]);
  expect([code, out]).toEqual([
    0,
    'orders: nothing was found that would break or slow a recovery.\n\nNot asked\n  db1:3306: the disks\n',
  ]);
});

test('the document of --json has the item, its plan and what could not be asked', async () => {
  const { code, out } = await doctor([slow], '--json');
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({
    clusters: [
      {
        id: 'orders',
        items: [{ item: 'SlowDetection', gravity: 'slows', instance: 'db2:3306', refusal: null }],
        unasked: [{ instance: 'db1:3306', says: 'the disks' }],
      },
    ],
  });
});

test('a fix shows its plan, and a dry run ends there', async () => {
  const { code, out } = await doctor(
    [slow],
    'orders',
    'db2',
    '--fix',
    'SlowDetection',
    '--dry-run',
  );
  expect(code).toBe(0);
  expect(out).toContain('Steps\n');
});
