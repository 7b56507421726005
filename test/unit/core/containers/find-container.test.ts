import { describe, expect, test } from 'vitest';
import {
  findContainer,
  keyAmongContainers,
  type ContainerMatch,
} from '../../../../src/core/containers/find-container.ts';
import { routesTo } from '../../../../src/core/containers/route-to-container.ts';
import type { Container } from '../../../../src/core/model/container.ts';
import { container, onNetwork, publishedAt } from '../../../support/builders/containers.ts';

function found(key: string, all: readonly Container[], network?: string): string {
  return told(findContainer(key, { all, remoteHost: null }, network));
}

function told(match: ContainerMatch): string {
  if (match.kind === 'one') return `${match.container.name}:${String(match.port)} by ${match.by}`;
  return match.kind === 'many' ? match.containers.map((it) => it.name).join(' or ') : 'none';
}

const db001 = container('db001', {
  published: [publishedAt(13311)],
  networks: [onNetwork('mybridge', '172.18.0.2', ['primary'])],
  hostname: 'first',
});
const db002 = container('db002');

describe('a name means a container', () => {
  test.each([
    ['db001:3306', 'db001:3306 by name'],
    ['DB001:3306', 'db001:3306 by name'],
    ['db001:3307', 'db001:3307 by name'],
    ['primary:3306', 'db001:3306 by name'],
    ['db001.mybridge:3306', 'db001:3306 by name'],
    ['primary.mybridge:3306', 'db001:3306 by name'],
    [`${db001.id.slice(0, 12)}:3306`, 'db001:3306 by name'],
    ['first:3306', 'db001:3306 by hostname'],
    ['172.18.0.2:3306', 'db001:3306 by address'],
    ['127.0.0.1:13311', 'db001:3306 by published'],
    ['localhost:13311', 'db001:3306 by published'],
    ['127.0.0.1:13312', 'none'],
    ['172.18.0.9:3306', 'none'],
    ['db009:3306', 'none'],
    ['db001.other:3306', 'none'],
  ])('%s: %s', (key, says) => {
    expect(found(key, [db001, db002])).toBe(says);
  });

  test('not when it fits two, unless a network is named', () => {
    const one = container('shop-db', { networks: [onNetwork('shop', '172.19.0.2', ['db'])] });
    const other = container('blog-db', { networks: [onNetwork('blog', '172.20.0.2', ['db'])] });
    expect(found('db:3306', [one, other])).toBe('shop-db or blog-db');
    expect(found('db:3306', [one, other], 'blog')).toBe('blog-db:3306 by name');
  });

  test('a name outweighs what another calls itself', () => {
    const impostor = container('other', { hostname: 'db001' });
    expect(found('db001:3306', [db001, impostor])).toBe('db001:3306 by name');
  });

  test('whoever runs has the published port; a proxy that has it is no server', () => {
    const stopped = container('old', { state: 'exited', published: [publishedAt(13311)] });
    expect(found('127.0.0.1:13311', [stopped, db001])).toBe('db001:3306 by published');
    const router = container('router', { isServer: false, published: [publishedAt(13399)] });
    expect(found('127.0.0.1:13399', [router])).toBe('none');
  });

  test.each([
    ['192.168.1.9', '127.0.0.1:3306', 'none'],
    ['192.168.1.9', 'localhost:3306', 'none'],
    ['127.0.0.2', '127.0.0.1:3306', 'none'],
    ['127.0.0.1', '127.0.0.1:3306', 'db001:3306 by published'],
    ['127.0.0.1', 'localhost:3306', 'db001:3306 by published'],
    ['::1', '[::1]:3306', 'db001:3306 by published'],
    ['0.0.0.0', '127.0.0.1:3306', 'db001:3306 by published'],
    ['::', '[::1]:3306', 'db001:3306 by published'],
    ['', 'localhost:3306', 'db001:3306 by published'],
  ])('a port published at "%s" and %s: %s', (hostAddress, key, says) => {
    const it = container('db001', { published: [publishedAt(3306, hostAddress)] });
    expect(found(key, [it])).toBe(says);
  });

  test('an address of a stopped container is nobody’s', () => {
    const stopped = container('db001', { state: 'exited' });
    expect(found('172.18.0.2:3306', [stopped])).toBe('none');
  });

  test('loopback is not the machine of a remote engine', () => {
    const world = { all: [db001], remoteHost: 'build' };
    expect(told(findContainer('127.0.0.1:13311', world))).toBe('none');
    expect(told(findContainer('build:13311', world))).toBe('db001:3306 by published');
  });
});

function keyOf(key: string, all: readonly Container[]): string | undefined {
  return keyAmongContainers(findContainer(key, { all, remoteHost: null }), all);
}

function ways(it: Container, remoteHost: string | null = null): readonly string[] {
  return routesTo(it, 3306, { remoteHost }).map((way) => `${way.kind} ${way.address}`);
}

describe('what the other servers call it', () => {
  test('its name, with the inner port', () => {
    expect(keyOf('127.0.0.1:13311', [db001])).toBe('db001:3306');
  });

  test('its compose service, where only one container has it', () => {
    const inShop = {
      project: 'shop',
      service: 'db',
      networks: [onNetwork('shop_default', '172.19.0.2', ['shop-db-1', 'db'])],
    };
    const first = container('shop-db-1', { ...inShop, published: [publishedAt(13311)] });
    expect(keyOf('127.0.0.1:13311', [first])).toBe('db:3306');
    const second = container('shop-db-2', inShop);
    expect(keyOf('127.0.0.1:13311', [first, second])).toBe('shop-db-1:3306');
  });

  test('nothing on the default network, where names do not resolve', () => {
    const plain = container('db001', {
      published: [publishedAt(13311)],
      networks: [onNetwork('bridge', '172.17.0.2')],
    });
    expect(keyOf('127.0.0.1:13311', [plain])).toBeUndefined();
  });
});

describe('the ways to a container, the best first', () => {
  test.each([
    ['0.0.0.0', null, 'published 127.0.0.1:13311'],
    ['', null, 'published 127.0.0.1:13311'],
    ['::', null, 'published [::1]:13311'],
    ['192.168.1.5', null, 'published 192.168.1.5:13311'],
    ['0.0.0.0', 'build', 'published build:13311'],
  ])('published at "%s", engine on %s: %s', (hostAddress, remoteHost, way) => {
    const it = container('db001', { published: [publishedAt(13311, hostAddress)] });
    expect(ways(it, remoteHost)[0]).toBe(way);
  });

  test('an IPv4 address before an IPv6 one', () => {
    const published = [publishedAt(13311, '::'), publishedAt(13311, '0.0.0.0')];
    expect(ways(container('db001', { published }))[0]).toBe('published 127.0.0.1:13311');
  });

  test('inside its network, or else through a command', () => {
    expect(ways(db002)).toEqual([
      'inside 172.18.0.3:3306',
      `exec docker-exec:db002@${db002.id.slice(0, 12)}:3306`,
    ]);
  });

  test('never to an address of this machine’s networks when the engine is elsewhere', () => {
    const loopback = container('db001', { published: [publishedAt(13311)] });
    expect(ways(loopback, 'build')).toEqual([
      `exec docker-exec:db001@${db001.id.slice(0, 12)}:3306`,
    ]);
  });

  test('one that does not run is only asked for at the engine: its port may be somebody else’s by now', () => {
    const stopped = container('db001', { state: 'exited', published: [publishedAt(13311)] });
    expect(ways(stopped)).toEqual([`exec docker-exec:db001@${db001.id.slice(0, 12)}:3306`]);
  });
});
