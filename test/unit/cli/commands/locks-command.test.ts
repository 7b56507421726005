import { expect, test } from 'vitest';
import type { HeldLock } from '../../../../src/core/model/lock-answer.ts';
import { healthyState } from '../../../support/builders/cluster-states.ts';
import { cliHome } from '../../../support/harness/cli-home.ts';
import { call, GivenCluster, partsOf } from '../../../support/harness/call-cli.ts';
import { planOf } from '../../../support/builders/sample-plan.ts';

const { dir, settings } = cliHome();
settings({ id: 'orders', environment: 'lab' });

const lock: HeldLock = {
  instance: 'db2:3306',
  holder: {
    session: 42,
    user: 'app',
    client: '10.0.0.5:41000',
    sameForSeconds: 7,
    mayChangeReplication: false,
    runs: { kind: 'secret' },
  },
  process: null,
};

async function locks(held: readonly HeldLock[], ...words: readonly string[]) {
  const given = new GivenCluster('orders', healthyState('orders'));
  given.held = held;
  given.decision = { kind: 'act', plan: planOf(1) };
  const ended = await call(['locks', ...words], { cwd: dir, parts: partsOf([given]) });
  return { ...ended, wishes: given.wishes, ran: given.ran.length };
}

test('each holder is named with account, host, age and what it runs, but no statement with a password', async () => {
  const { code, out } = await locks([lock, { ...lock, process: 'me@here (7)' }], 'orders');
  expect(code).toBe(0);
  expect(out).toBe(
    [
      "db2:3306  session 42 of 'app' from 10.0.0.5:41000, for at least 7 s",
      '  statement: one that may carry a password; it is not shown',
      '  its account may not change replication',
      "db2:3306  session 42 of 'app' from 10.0.0.5:41000, for at least 7 s",
      '  statement: one that may carry a password; it is not shown',
      '  it is the session of me@here (7), which changes the cluster now',
      '',
    ].join('\n'),
  );
  expect(JSON.parse((await locks([lock], 'orders', '--json')).out)).toMatchObject({
    locks: [{ instance: 'db2:3306', session: 42, statement: null, process: null }],
  });
  expect((await locks([], 'orders')).out).toBe('No session holds a recovery lock.\n');
});

test('--end asks for the plan that ends that one, and a dry run changes nothing', async () => {
  const dry = await locks([lock], 'orders', '--end', '42', '--dry-run');
  expect(dry.code).toBe(0);
  expect(dry.wishes).toEqual([{ kind: 'end-session', instance: 'db2:3306', session: 42 }]);
  expect(dry.ran).toBe(0);
  expect((await locks([lock], 'orders', '--end', '42')).ran).toBe(1);
});

test.each([
  [['--end', '41'], 'No session 41 holds a recovery lock in orders.'],
  [['--end', '42; DROP'], 'is not the id of a session'],
  [['--on', 'db2'], '--on belongs to --end ID.'],
])('%j is wrong use', async (words, says) => {
  const { code, err, ran } = await locks([lock], 'orders', ...words);
  expect([code, ran]).toEqual([2, 0]);
  expect(err).toContain(says);
});

test('one id on two instances needs --on', async () => {
  const both = [lock, { ...lock, instance: 'db1:3306' }];
  expect((await locks(both, 'orders', '--end', '42')).err).toContain('add --on INSTANCE');
  const { wishes } = await locks(both, 'orders', '--end', '42', '--on', 'db1');
  expect(wishes).toMatchObject([{ instance: 'db1:3306', session: 42 }]);
});
