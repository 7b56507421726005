import { expect, test } from 'vitest';
import { isServerImage, isServerVariable } from '../../../../src/core/containers/server-image.ts';

test.each([
  ['mysql', true],
  ['mysql:8.4', true],
  ['docker.io/library/mariadb:lts', true],
  ['registry:5000/team/mariadb@sha256:0', true],
  ['mysql/mysql-server:8.0', true],
  ['percona/percona-server:8.0', true],
  ['container-registry.oracle.com/mysql/community-server:9.7', false],
  ['prom/mysqld-exporter', false],
  ['phpmyadmin:latest', false],
])('%s: a server, as its name tells: %s', (name, isServer) => {
  expect(isServerImage(name)).toBe(isServer);
});

test('where the name hides a server, what only servers heed tells', () => {
  expect(['MYSQL_ROOT_HOST', 'MARIADB_ROOT_PASSWORD_FILE'].every(isServerVariable)).toBe(true);
  expect(['MYSQL_HOST', 'MYSQL_PWD', 'XMYSQL_ROOT_HOST'].some(isServerVariable)).toBe(false);
});
