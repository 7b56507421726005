import { expect, test } from 'vitest';
import type { Channel } from '../../../src/core/model/instance.ts';
import { spell } from '../../../src/dialect/statements.ts';
import { columnsOf } from '../../../src/dialect/answer.ts';
import { readTls } from '../../../src/dialect/variables.ts';
import { channel, serverOf } from './servers.ts';

function pointed(version: string, changes: Partial<Channel>, tls = false): string {
  const server = serverOf(version, { channels: [{ ...channel, ...changes }] });
  const action = {
    do: 'point-at',
    source: 'db2:3306',
    host: 'db2',
    port: 3306,
    place: { by: 'gtid', adopt: false },
    withCredentials: false,
    tls,
    connectRetrySeconds: 1,
  } as const;
  return spell(action, server, null, new Map()).join('; ');
}

const ignores: Partial<Channel> = {
  omissions: [{ kind: 'skip', name: 'IGNORE_SERVER_IDS', value: '3' }],
};

test.each(['5.6.24-log', '8.4.6', '10.11.19-MariaDB-log'])(
  '%s: servers that it ignores are cleared as it is pointed elsewhere',
  (version) => {
    expect(pointed(version, ignores)).toContain(', IGNORE_SERVER_IDS = ()');
    expect(pointed(version, {})).not.toContain('IGNORE_SERVER_IDS');
  },
);

test.each([
  { version: '9.7.4-2', ownFailover: true, switched: true },
  // Our user may not see it: then it is switched off without knowing.
  { version: '9.7.4-2', ownFailover: null, switched: true },
  { version: '9.7.4-2', ownFailover: false, switched: false },
  { version: '5.7.44', ownFailover: null, switched: false },
  { version: '10.11.19-MariaDB-log', ownFailover: null, switched: false },
])('$version with a list of its own ($ownFailover) is told to stay: $switched', (row) => {
  expect(
    pointed(row.version, { ownFailover: row.ownFailover }).includes(
      ', SOURCE_CONNECTION_AUTO_FAILOVER = 0',
    ),
  ).toBe(row.switched);
});

test.each([
  { version: '9.7.4-2', publicKey: false, tls: false, asks: true },
  { version: '9.7.4-2', publicKey: false, tls: true, asks: false },
  { version: '9.7.4-2', publicKey: true, tls: false, asks: false },
  { version: '5.7.44', publicKey: false, tls: false, asks: false },
  { version: '10.11.19-MariaDB-log', publicKey: false, tls: false, asks: false },
])('$version with key $publicKey and TLS $tls asks for the key: $asks', (row) => {
  const sql = pointed(row.version, { publicKey: row.publicKey }, row.tls);
  expect(sql.includes('GET_SOURCE_PUBLIC_KEY = 1')).toBe(row.asks);
  expect(sql.includes('_SSL = 1')).toBe(row.tls);
});

test.each([
  { variables: { have_ssl: 'YES' }, status: {}, offers: true },
  { variables: { have_ssl: 'DISABLED' }, status: {}, offers: false },
  { variables: {}, status: { Current_tls_version: 'TLSv1.2,TLSv1.3' }, offers: true },
  { variables: {}, status: { Current_tls_version: '' }, offers: false },
  { variables: {}, status: {}, offers: null },
])('$variables and $status: TLS is offered: $offers', ({ variables, status, offers }) => {
  const read = readTls(columnsOf(variables, 'variables'), columnsOf(status, 'status'));
  expect(read).toEqual({ offersTls: offers, requiresTls: false });
});
