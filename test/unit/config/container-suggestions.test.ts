import { expect, test } from 'vitest';
import { suggestContainers } from '../../../src/config/container-suggestions.ts';
import { noContainers, type Container } from '../../../src/core/model/container.ts';
import { container, onNetwork, publishedAt } from '../../support/builders/containers.ts';

function published(hostPort: number, hostAddress = '0.0.0.0'): Partial<Container> {
  return { published: [publishedAt(hostPort, hostAddress)] };
}

/** Where nobody has a name. */
const bridge = { networks: [onNetwork('bridge', '172.17.0.2')] };

test('running servers are offered by the name that their network knows, so that a new port or address changes nothing', () => {
  const all = [
    container('db001', published(13_311)),
    container('db002'),
    container('db003', { state: 'exited' }),
    container('web', { isServer: false }),
  ];
  expect(suggestContainers({ ...noContainers, all })).toMatchObject([
    { label: 'db001', seed: 'db001:3306', network: 'mybridge', addresses: {} },
    { label: 'db002', seed: 'db002:3306', network: 'mybridge', addresses: {} },
  ]);
});

test('where names do not resolve they are offered by their published port, else by their own address', () => {
  const all = [container('db001', { ...published(13_311), ...bridge }), container('db002', bridge)];
  const addresses = { 'db001:3306': '127.0.0.1:13311' };
  expect(suggestContainers({ ...noContainers, all })).toMatchObject([
    { label: 'db001', seed: '127.0.0.1:13311', addresses },
    { label: 'db002', seed: '172.17.0.2:3306', addresses },
  ]);
});

test('nameless containers of another machine are offered by what it publishes alone', () => {
  const all = [container('db001', { ...published(13_311), ...bridge }), container('db002', bridge)];
  expect(suggestContainers({ ...noContainers, all, remoteHost: 'far' })).toMatchObject([
    { label: 'db001', seed: 'far:13311' },
  ]);
});

test('a container on the network of its machine, and an address of one interface', () => {
  const all = [
    container('db001', { onHostNetwork: true, networks: [] }),
    container('db002', { ...published(13_312, '::1'), ...bridge }),
  ];
  expect(suggestContainers({ ...noContainers, all }).map((it) => it.seed)).toEqual([
    '127.0.0.1:3306',
    '[::1]:13312',
  ]);
});

test('containers of one compose project stand together, before those of none', () => {
  const all = [
    container('alone'),
    container('shop-db-2', { project: 'shop', service: 'db-2' }),
    container('crm-db-1', { project: 'crm', service: 'db' }),
    container('shop-db-1', { project: 'shop', service: 'db-1' }),
  ];
  const found = suggestContainers({ ...noContainers, all });
  expect(found.map((it) => [it.project, it.label])).toEqual([
    ['crm', 'crm-db-1'],
    ['shop', 'shop-db-2'],
    ['shop', 'shop-db-1'],
    [undefined, 'alone'],
  ]);
  expect(found.map((it) => it.detail)).toEqual([
    'db · mysql:8.4 · crm-db-1:3306',
    'db-2 · mysql:8.4 · shop-db-2:3306',
    'db-1 · mysql:8.4 · shop-db-1:3306',
    'mybridge · mysql:8.4 · alone:3306',
  ]);
});
