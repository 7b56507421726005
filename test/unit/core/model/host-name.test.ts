import { expect, test } from 'vitest';
import { isHostName } from '../../../../src/core/model/host-name.ts';

test.each([
  'db1',
  'db-1.orders.internal',
  'db_1',
  'orders_db_1',
  'db1.example.',
  '10.0.0.5',
  '127.0.0.1',
  '::1',
  '[::1]',
  'fe80::1%eth0',
  '2001:db8::10.0.0.1',
  '데이터베이스',
  'a'.repeat(255),
  '123456789012',
  '4f5e6a7b8c9d',
  '10.20.30.40.example',
  '0x7f.example',
])('%s names a host', (text) => {
  expect(isHostName(text)).toBe(true);
});

test.each([
  '',
  ' ',
  'a b',
  '-db1',
  'db1-',
  'db..1',
  'docker-exec:db1@abc',
  'unix:///var/run/docker.sock',
  '/tmp/mysql.sock',
  'user@host',
  '$(id)',
  '`id`',
  'db1;id',
  'db1\n',
  'db1\u001B]0;t\u0007',
  'db1\u202E',
  '[x](command:y)',
  '<NULL>',
  'a'.repeat(256),
  '010.20.0.1',
  '10.020.0.1',
  '0177.0.0.1',
  '0x0a.20.0.1',
  '10.20.0.0x1',
  '10.1',
  '10.20.0.1.',
  '10.20.0.256',
  '169082881',
  '012345678901',
  '0x0a140001',
  'db1.1',
])('%j names none', (text) => {
  expect(isHostName(text)).toBe(false);
});

test('a long text takes no long time', () => {
  const started = performance.now();
  expect(isHostName(`${'a-'.repeat(120)}!`)).toBe(false);
  expect(isHostName(`${'a.'.repeat(50_000)}!`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(200);
});
