import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plain } from '../../../src/core/model/phrase.ts';
import type { CheckReport } from '../../../src/core/model/doctor.ts';
import { call, GivenCluster, partsOf } from '../../support/harness/call-cli.ts';
import { findingAt, healthyState } from '../../support/builders/cluster-states.ts';
import { expectTame, hostile } from '../../support/builders/hostile.ts';
import { planOf } from '../../support/builders/sample-plan.ts';
import { recoveryAt } from '../../support/builders/sample-recovery.ts';

const dir = mkdtempSync(join(tmpdir(), 'switchover-hostile-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});
const clusters = [{ id: 'orders', seeds: ['db1'], user: 'orc', environment: 'lab' }];
writeFileSync(join(dir, 'switchover.json'), JSON.stringify({ clusters }));

/** The same with the words of a hostile server in every name and every sentence. */
function poisoned<Value>(value: Value): Value {
  const changed: Value = JSON.parse(
    JSON.stringify(value, (_, it: unknown) =>
      typeof it === 'string' && (/\bdb\d/.test(it) || it.includes(' ')) ? `${it} ${hostile}` : it,
    ),
  );
  return changed;
}

const { topology } = healthyState('orders');
const state = poisoned({
  topology,
  findings: [findingAt('db1:3306'), findingAt('db3:3306', 'ReplicaUnreachable')],
  running: recoveryAt('running', 'done', 'running', 'failed'),
  recoveries: [recoveryAt('failed', 'done', 'failed')],
});
const report: CheckReport = poisoned({
  cluster: 'orders',
  at: 0,
  items: [
    {
      code: 'SlowDetection',
      gravity: 'slows',
      instance: 'db2:3306',
      says: plain('It is slow.'),
      why: plain('It is so.'),
      evidence: [plain('slave_net_timeout = 60')],
      advice: plain('Set it.'),
      remedy: null,
      byHand: [],
      fix: { kind: 'act', plan: planOf(1) },
      instructions: [{ on: 'db2:3306', into: 'shell', lines: ['a b'], restart: false }],
    },
  ],
  unasked: [{ instance: 'db1:3306', says: plain('the disks') }],
});

const refusal = {
  because: [plain('db2 is late.')],
  instead: [plain('Wait a little.')],
  checks: planOf(1).checks,
};

const commands = [
  ['topology'],
  ['topology', '--json'],
  ['problems'],
  ['problems', '--json'],
  ['monitor'],
  ['monitor', '--json'],
  ['doctor'],
  ['doctor', '--json'],
  ['promote', 'orders', 'db2:3306', '--dry-run'],
  ['promote', 'orders', 'db2:3306', '--dry-run', '--json'],
  ['promote', 'orders', 'db2:3306'],
  ['promote', 'orders', 'db2:3306', '--json'],
  ['promote', 'orders', 'db2:3306', '--verbose'],
  ['rejoin', 'orders', hostile],
  ['report', hostile],
  [hostile],
];

test.each(commands)('%s %s %s %s: a terminal obeys no word of a server', async (...words) => {
  for (const terminal of [true, false]) {
    const given = new GivenCluster('orders', state);
    given.report = report;
    given.decision = words.includes('--verbose')
      ? { kind: 'hold', refusal: poisoned(refusal) }
      : { kind: 'act', plan: poisoned(planOf(3)) };
    given.steps = [state.running, ...state.recoveries];
    const ended = await call(words, { cwd: dir, parts: partsOf([given]), terminal });
    expectTame(ended.out);
    expectTame(ended.err);
    expect(`${ended.out}${ended.err}`.length).toBeGreaterThan(20);
  }
});
