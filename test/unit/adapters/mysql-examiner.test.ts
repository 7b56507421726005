import { expect, test } from 'vitest';
import { mysqlExaminer } from '../../../src/adapters/mysql/mysql-examiner.ts';
import type { Dial } from '../../../src/adapters/dial.ts';
import { phrase } from '../../../src/core/model/phrase.ts';
import { ReplicationError } from '../../../src/core/model/replication-error.ts';
import { mariadbServer } from '../../support/builders/servers.ts';

test('the trial login as the replication user takes the same way as the questions', async () => {
  const opened: string[] = [];
  const closed: Dial = {
    prepare: () => Promise.resolve(),
    open: (address) => {
      opened.push(address);
      throw new ReplicationError('unreachable', phrase('The way is closed.'));
    },
  };
  const examiner = mysqlExaminer({
    login: {
      user: 'orc',
      password: () => Promise.resolve('orc-Pw'),
      tls: () => undefined,
      dial: closed,
    },
    connectTimeoutMs: 1_000,
    queryTimeoutMs: 1_000,
    clock: {
      now: () => 0,
      monotonic: () => 0,
      sleep: () => Promise.resolve(),
    },
    replication: { user: 'repl', password: () => Promise.resolve('repl-Pw') },
  });
  const checkUp = await examiner.examine(
    { instance: 'db1:3306', address: 'inner:3306', server: mariadbServer('db1:3306') },
    { users: [], mode: 'manage' },
    AbortSignal.timeout(5_000),
  );
  expect(opened).toEqual(['inner:3306', 'inner:3306']);
  expect(checkUp.replicationLogin).toBeNull();
});
