import { expect, test } from 'vitest';
import type { Action } from '../../../src/core/model/plan.ts';
import { spell, spellForDisplay } from '../../../src/dialect/statements.ts';
import { channelFrom, mariadbServer } from '../../support/builders/servers.ts';

const secrets = { user: 'repl', password: "it's", passwordHash: '*AB12' };
const mariadb = mariadbServer('db2:3306', { channels: [channelFrom('db1:3306')] });
const mysql = mariadbServer('db2:3306', {
  flavor: 'mysql',
  release: [9, 7, 4],
  channels: [channelFrom('db1:3306')],
});

const options = {
  do: 'change-source-options',
  credentials: true,
  publicKey: false,
  byGtid: false,
  heartbeatSeconds: 2,
  connectRetrySeconds: null,
  retryCount: null,
} as const;

test.each([
  [
    { do: 'set-variable', name: 'replica_net_timeout', value: 4, keep: true },
    ['SET GLOBAL slave_net_timeout = 4'],
    ['SET PERSIST replica_net_timeout = 4'],
  ],
  [
    options,
    [
      "CHANGE MASTER TO MASTER_USER = 'repl', MASTER_PASSWORD = 'it''s', MASTER_HEARTBEAT_PERIOD = 2",
    ],
    [
      "CHANGE REPLICATION SOURCE TO SOURCE_USER = 'repl', SOURCE_PASSWORD = 'it''s', SOURCE_HEARTBEAT_PERIOD = 2, GET_SOURCE_PUBLIC_KEY = 1",
    ],
  ],
  [
    { ...options, credentials: false, byGtid: true, heartbeatSeconds: null, retryCount: 9 },
    ['CHANGE MASTER TO MASTER_RETRY_COUNT = 9, MASTER_USE_GTID = slave_pos'],
    ['CHANGE REPLICATION SOURCE TO SOURCE_RETRY_COUNT = 9, SOURCE_AUTO_POSITION = 1'],
  ],
  [
    { do: 'make-account', host: '172.%', exists: false, alone: true },
    [
      'SET SESSION sql_log_bin = 0',
      "CREATE USER IF NOT EXISTS 'repl'@'172.%' IDENTIFIED VIA mysql_native_password USING '*AB12'",
      "GRANT REPLICATION SLAVE ON *.* TO 'repl'@'172.%'",
      'SET SESSION sql_log_bin = 1',
    ],
    [
      'SET SESSION sql_log_bin = 0',
      "CREATE USER IF NOT EXISTS 'repl'@'172.%' IDENTIFIED BY 'it''s'",
      "GRANT REPLICATION SLAVE ON *.* TO 'repl'@'172.%'",
      'SET SESSION sql_log_bin = 1',
    ],
  ],
  [
    { do: 'make-account', host: '172.%', exists: true, alone: false },
    [
      "CREATE USER IF NOT EXISTS 'repl'@'172.%' IDENTIFIED VIA mysql_native_password USING '*AB12'",
      "ALTER USER 'repl'@'172.%' IDENTIFIED VIA mysql_native_password USING '*AB12'",
      "GRANT REPLICATION SLAVE ON *.* TO 'repl'@'172.%'",
    ],
    [
      "CREATE USER IF NOT EXISTS 'repl'@'172.%' IDENTIFIED BY 'it''s'",
      "ALTER USER 'repl'@'172.%' IDENTIFIED BY 'it''s'",
      "GRANT REPLICATION SLAVE ON *.* TO 'repl'@'172.%'",
    ],
  ],
] as const)('%j', (action, onMariadb, onMysql) => {
  expect(spell(action, mariadb, secrets, new Map())).toEqual(onMariadb);
  expect(spell(action, mysql, secrets, new Map())).toEqual(onMysql);
  expect(spellForDisplay(action satisfies Action, mysql, 'repl').join()).not.toContain("it''s");
});
