import { expect, test } from 'vitest';
import { describePosition } from '../../../src/core/model/position.ts';
import { UnexpectedAnswer } from '../../../src/dialect/answer.ts';
import {
  binlogEndQuery,
  channelsQuery,
  positionQuery,
} from '../../../src/dialect/position-query.ts';
import { rowsOf, sampleNames, sampleOf, identityOf } from './samples.ts';
import { serverOf, uuid } from './servers.ts';

test('executed: by GTID where there are GTIDs, else the end of its own binary log', () => {
  const mysql = positionQuery(serverOf('8.4.6'), 'executed', 'db1:3306');
  expect(describePosition(mysql.parse([{ gtid_executed: `${uuid}:1-4`, gtid_purged: '' }]))).toBe(
    `${uuid}:1-4`,
  );
  const mariadb = positionQuery(serverOf('11.8.6-MariaDB'), 'executed', 'db1:3306');
  const row = {
    gtid_binlog_state: '0-3-40,0-1-9',
    gtid_binlog_pos: '0-1-9',
    gtid_slave_pos: '0-1-8',
  };
  expect(describePosition(mariadb.parse([row]))).toBe('0-1-9,0-3-40');
  expect(mariadb.parse([row])).toMatchObject({ position: { strict: true } });
  const off = positionQuery(serverOf('5.7.44', { gtid: { kind: 'off' } }), 'executed', 'db1:3306');
  expect(off.sql).toBe('SHOW MASTER STATUS');
  expect(describePosition(off.parse([{ File: 'b.000001', Position: 4 }]))).toBe(
    'b.000001:4 of db1:3306',
  );
});

test.each(sampleNames)('%s: own files and applied files are read from real rows', (name) => {
  const { version } = identityOf(sampleOf(name, 'replica'));
  const server = serverOf(version);
  const own = positionQuery(server, 'own-binlog', 'me:1');
  const ownRows = rowsOf(sampleOf(name, 'replica'), own.sql);
  expect(own.parse(ownRows)).toEqual({
    kind: 'file',
    source: 'me:1',
    at: binlogEndQuery(server).parse(ownRows),
  });
  const applied = positionQuery(server, 'applied', 'me:1');
  const [channel] = channelsQuery(server).parse(rowsOf(sampleOf(name, 'replica'), applied.sql));
  expect(applied.parse(rowsOf(sampleOf(name, 'replica'), applied.sql))).toEqual({
    kind: 'file',
    source: name === 'mysql-5.6' ? '127.0.0.1:25706' : 'fxs1:3306',
    at: channel?.applied,
  });
});

test('a server without binary log or channel has no such position', () => {
  const server = serverOf('8.4.6');
  expect(() => positionQuery(server, 'own-binlog', 'me:1').parse([])).toThrow('has no binary log');
  expect(() => positionQuery(server, 'applied', 'me:1').parse([])).toThrow(UnexpectedAnswer);
});
