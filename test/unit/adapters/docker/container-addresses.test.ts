import { describe, expect, test } from 'vitest';
import type { AddressOptions } from '../../../../src/adapters/docker/address-options.ts';
import { ContainerAddresses } from '../../../../src/adapters/docker/container-addresses.ts';
import { ExecWays } from '../../../../src/core/containers/exec-ways.ts';
import type { Container, Containers } from '../../../../src/core/model/container.ts';
import { inEnglish, plain } from '../../../../src/core/model/phrase.ts';
import { container, onNetwork, publishedAt } from '../../../support/builders/containers.ts';

interface World {
  containers: Containers;
  readonly resolves: string[];
}

function book(
  all: readonly Container[],
  options: Partial<AddressOptions> & { readonly resolves?: string[] } = {},
): { readonly book: ContainerAddresses; readonly world: World } {
  const { resolves = [], ...rest } = options;
  const world: World = {
    containers: { all, problem: null, looked: true, remoteHost: null },
    resolves,
  };
  const finder = {
    get containers() {
      return world.containers;
    },
    looked: () => Promise.resolve(),
    onChange: () => () => undefined,
  };
  const machine = {
    resolves: async (host: string) => world.resolves.includes(host),
    reaches: async () => true,
    owns: (address: string) => address === '172.18.0.1',
  };
  const defaults = {
    told: {},
    seeds: [],
    ways: new ExecWays(),
    asked: false,
    network: undefined,
    reachedAsIs: () => false,
    ledBefore: () => false,
    log: () => undefined,
  };
  return { book: new ContainerAddresses({ ...defaults, finder, machine, ...rest }), world };
}

const db001 = container('db001', { published: [publishedAt(13311)] });
const db002 = container('db002');

describe('where nobody asked for Docker', () => {
  test('a name that this machine does not resolve is led to its container', async () => {
    expect(await book([db001, db002]).book.find('db001:3306')).toBe('127.0.0.1:13311');
    expect(await book([db001, db002]).book.find('db002:3306')).toBe('172.18.0.3:3306');
  });

  test('a name that this machine resolves is never led to a container of the same name', async () => {
    const { book: it } = book([db001], { resolves: ['db001'] });
    expect(await it.find('db001:3306')).toBe('db001:3306');
    expect(it.containerOf('db001:3306')).toBeUndefined();
  });

  test('nor is one that was once reached by its own name, though it does not resolve now', async () => {
    const { book: it } = book([db001], { reachedAsIs: (key) => key === 'db001:3306' });
    expect(await it.find('db001:3306')).toBe('db001:3306');
  });

  test('an address is led to a container only where another name of the cluster is one beside it', async () => {
    const alone = book([db001, db002]).book;
    expect(await alone.find('172.18.0.2:3306')).toBe('172.18.0.2:3306');
    expect(alone.containerOf('172.18.0.2:3306')).toBeUndefined();
    const anchored = book([db001, db002]).book;
    await anchored.find('db002:3306');
    expect(await anchored.find('172.18.0.2:3306')).toBe('127.0.0.1:13311');
    const seeded = book([db001, db002], { seeds: ['127.0.0.1:13311'] }).book;
    await seeded.find('127.0.0.1:13311');
    expect(await seeded.find('172.18.0.2:3306')).toBe('127.0.0.1:13311');
  });

  test('a container on another network is no neighbour', async () => {
    const stranger = container('db009', { networks: [onNetwork('other', '172.19.0.9')] });
    const { book: it } = book([db001, db002, stranger]);
    await it.find('db001:3306');
    expect(it.neighbours()).toEqual(['db001:3306', 'db002:3306']);
    expect(await it.find('172.19.0.9:3306')).toBe('172.19.0.9:3306');
  });

  test('an engine that is not there is not worth a word', async () => {
    const { book: it, world } = book([]);
    world.containers = { ...world.containers, problem: plain('Docker does not run.') };
    expect(await it.find('db001:3306')).toBe('db001:3306');
    expect(it.notes()).toEqual([]);
  });
});

describe('where the settings ask for Docker', () => {
  const asked = { asked: true, network: 'mybridge' };

  test('it outweighs what this machine resolves, on the named network only', async () => {
    const { book: it } = book([db001], { ...asked, resolves: ['db001'] });
    expect(await it.find('db001:3306')).toBe('127.0.0.1:13311');
    const { book: other } = book([db001], { asked: true, network: 'other' });
    expect(await other.find('db001:3306')).toBe('db001:3306');
    expect(other.notes().map(inEnglish)).toEqual([
      'No container is on the network other of docker.network; see "docker network ls".',
    ]);
  });

  test('the settings’ own addresses outweigh it', async () => {
    const { book: it } = book([db001], { ...asked, told: { 'db001:3306': '10.0.0.1:3306' } });
    expect(await it.find('db001:3306')).toBe('10.0.0.1:3306');
  });

  test('nor is anything said of a name that fits two, once they say where it is', async () => {
    const other = container('db009', { networks: [onNetwork('b', '172.20.0.2', ['db001'])] });
    const told = { 'db001:3306': '127.0.0.1:13311' };
    const { book: it } = book([db001, other], { asked: true, told });
    expect(await it.find('db001:3306')).toBe('127.0.0.1:13311');
    expect(it.notes()).toEqual([]);
    expect(it.containerOf('db001:3306')?.name).toBe('db001');
  });

  test('an engine that is not there is told', () => {
    const { book: it, world } = book([], asked);
    world.containers = { ...world.containers, problem: plain('Docker does not run.') };
    expect(it.notes().map(inEnglish)).toEqual(['Docker does not run.']);
  });

  test('a name that fits two containers leads to none, and says so', async () => {
    const other = container('db009', { networks: [onNetwork('b', '172.20.0.2', ['db001'])] });
    const { book: it } = book([db001, other], { asked: true });
    expect(await it.find('db001:3306')).toBe('db001:3306');
    expect(it.notes().map(inEnglish)).toEqual([
      'db001:3306 may be any of the containers db001, db009, so none is taken. Say which network in docker.network, or where it is in addresses.',
    ]);
  });
});

/** Two compose projects of the same services; their first servers are published at 13311 and 13411. */
function inProject(
  project: 'a' | 'b',
  name: 'db1' | 'db2',
  parts: Partial<Container> = {},
): Container {
  const port = (project === 'a' ? 13310 : 13410) + Number(name.at(-1));
  const address = `172.${project === 'a' ? '20' : '21'}.0.${name.at(-1) ?? ''}`;
  return container(`${project}-${name}-1`, {
    project,
    service: name,
    hostname: `${project}${name}`,
    published: [publishedAt(port)],
    networks: [onNetwork(`${project}_default`, address, [name])],
    ...parts,
  });
}

describe('a namesake in another compose project', () => {
  const [a1, a2, b1, b2] = [
    inProject('a', 'db1'),
    inProject('a', 'db2'),
    inProject('b', 'db1'),
    inProject('b', 'db2'),
  ];
  const seeds = ['127.0.0.1:13311', '127.0.0.1:13312'];

  test('does not stand in for a container that was removed', async () => {
    const { book: it, world } = book([a1, a2], { seeds });
    expect(await it.find('db1:3306')).toBe('127.0.0.1:13311');
    for (const all of [[a2, b1, b2], [b1, b2], [b1]]) {
      world.containers = { ...world.containers, all };
      expect(await it.find('db1:3306')).toMatch(/^docker-exec:a-db1-1/);
      expect(it.containerOf('db1:3306')).toBeUndefined();
    }
    expect(it.notes().map(inEnglish).join()).toContain('nothing says that it is of this cluster');
    const again = { ...a1, id: 'f'.repeat(64), published: [publishedAt(13399)] };
    world.containers = { ...world.containers, all: [again, b1, b2] };
    expect(await it.find('db1:3306')).toBe('127.0.0.1:13399');
    expect(it.notes()).toEqual([]);
  });

  test('nor where Docker was asked for without a network', async () => {
    const { book: it, world } = book([a1, a2], { asked: true });
    await it.find('db1:3306');
    world.containers = { ...world.containers, all: [a2, b1, b2] };
    expect(await it.find('db1:3306')).toMatch(/^docker-exec:a-db1-1/);
  });

  test('nor for one that was never seen, where a seed is a port of the own project', async () => {
    for (const first of [a2, { ...a2, state: 'exited' as const }]) {
      const { book: it } = book([first, b1, b2], { seeds });
      expect(await it.find('db1:3306')).toBe('db1:3306');
    }
  });

  test('nor after a restart, when no own container is left to tell', async () => {
    const { book: it } = book([b1, b2], { seeds, ledBefore: (key) => key === 'db1:3306' });
    expect(await it.find('db1:3306')).toBe('db1:3306');
  });

  test('nor when both share another network, or take over the port of a seed', async () => {
    const shared = onNetwork('proxy', '172.30.0.2');
    const both = (it: Container): Container => ({ ...it, networks: [...it.networks, shared] });
    const taken = { ...both(b1), published: [publishedAt(13311)] };
    const { book: it, world } = book([both(a1), a2], { seeds });
    await it.find('db1:3306');
    world.containers = { ...world.containers, all: [taken, b2] };
    await it.find('127.0.0.1:13311');
    expect(await it.find('db1:3306')).toMatch(/^docker-exec:a-db1-1/);
    expect(await it.find('db2:3306')).toBe('db2:3306');
  });

  test('does not keep the own one from being found', async () => {
    const { book: it } = book([a1, a2, b1, b2], { seeds });
    expect(await it.find('db1:3306')).toBe('127.0.0.1:13311');
    expect(it.notes()).toEqual([]);
    const { book: unanchored } = book([a1, a2, b1, b2]);
    expect(await unanchored.find('db1:3306')).toBe('db1:3306');
  });
});

describe('while names cannot be looked up', () => {
  const machine = { resolves: async () => undefined, reaches: async () => true, owns: () => true };

  test('only a container beside another of the cluster is taken for the name', async () => {
    const { book: alone } = book([db001, db002], { machine });
    expect(await alone.find('db002:3306')).toBe('db002:3306');
    expect(alone.notes().map(inEnglish).join()).toContain('names cannot be looked up now');
    const { book: anchored } = book([db001, db002], { machine, seeds: ['127.0.0.1:13311'] });
    expect(await anchored.find('db002:3306')).toBe('172.18.0.3:3306');
  });
});

describe('a port of the machine', () => {
  test('is no container’s when the server there calls itself otherwise', async () => {
    const stopped: Container = { ...db001, state: 'exited' };
    const { book: it } = book([stopped], { seeds: ['127.0.0.1:13311'] });
    await it.find('127.0.0.1:13311');
    expect(it.containerOf('127.0.0.1:13311')).toBe(stopped);
    expect(it.containerOf('127.0.0.1:13311', 'laptop')).toBeUndefined();
    expect(it.containerOf('127.0.0.1:13311', 'db001')).toBe(stopped);
    expect(it.containerOf('127.0.0.1:13311', 'DB001.example.com')).toBe(stopped);
  });
});

describe('while things change', () => {
  test('an engine that stops leaves the last known addresses, and says so', async () => {
    const { book: it, world } = book([db001]);
    await it.find('db001:3306');
    world.containers = { ...world.containers, problem: plain('Docker stopped.') };
    expect(await it.find('db001:3306')).toBe('127.0.0.1:13311');
    expect(it.notes().map(inEnglish)).toEqual([
      'Docker stopped. The last known addresses are used.',
    ]);
  });

  test.each([{}, { asked: true, network: 'mybridge' }])(
    'a container that is removed is asked for by its id, not its port or name: %o',
    async (how) => {
      const { book: it, world } = book([db001], how);
      await it.find('db001:3306');
      world.containers = { ...world.containers, all: [] };
      const address = `docker-exec:db001@${db001.id.slice(0, 12)}:3306`;
      expect(await it.find('db001:3306')).toBe(address);
      const namesake = {
        ...db001,
        id: 'e'.repeat(64),
        networks: [onNetwork('other', '172.22.0.2')],
      };
      world.containers = { ...world.containers, all: [namesake] };
      expect(await it.find('db001:3306')).toBe(address);
    },
  );

  test('one that cannot start says why', async () => {
    const error = 'Bind for 127.0.0.1:13311 failed: port is already allocated';
    const { book: it } = book([{ ...db001, state: 'created', error }]);
    await it.find('db001:3306');
    expect(it.notes().map(inEnglish)).toEqual([`The container db001 does not start: ${error}`]);
  });

  test('a server is called as its peers call it only when it is that container', async () => {
    const { book: it } = book([db001], { seeds: ['127.0.0.1:13311'] });
    await it.find('127.0.0.1:13311');
    expect(it.peerNameOf('127.0.0.1:13311', 'db001')).toBe('db001:3306');
    expect(it.peerNameOf('127.0.0.1:13311', 'somebody-else')).toBeUndefined();
  });

  test('a network of somebody else is not dialled: the way is a command in the container', async () => {
    const far = container('db002', {
      networks: [{ ...onNetwork('mybridge', '10.9.0.3'), gateway: '10.9.0.1' }],
    });
    const { book: it } = book([far]);
    expect(await it.find('db002:3306')).toBe(`docker-exec:db002@${far.id.slice(0, 12)}:3306`);
    expect(it.notes().map(inEnglish).join()).toContain('through a command in its container');
  });
});
