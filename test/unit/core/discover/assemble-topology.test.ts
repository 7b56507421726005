import { expect, test } from 'vitest';
import { plain } from '../../../../src/core/model/phrase.ts';
import { assembleTopology, type Memory } from '../../../../src/core/discover/assemble-topology.ts';
import type { Sighting } from '../../../../src/core/discover/sighting.ts';
import type { Server } from '../../../../src/core/model/instance.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { channelFrom, mariadbServer } from '../../../support/builders/servers.ts';

const nothing: Memory = {
  previous: undefined,
  lastPromotion: null,
  lastMaster: null,
  lastSources: new Map(),
  lastKeys: new Map(),
  heard: new Set(),
  early: false,
  seeds: [],
};

function seen(name: string, server: Server): Sighting {
  return { name, address: name, probe: { kind: 'answered', at: 1, server } };
}

function unseen(name: string): Sighting {
  return {
    name,
    address: name,
    probe: { kind: 'silent', at: 2, reason: 'refused', says: plain('refused') },
  };
}

function rolesOf(drawing: string, lastPromoted: string | null = null): string {
  const topology = draw(drawing, lastPromoted);
  return topology.members.map((it) => `${it.key.replace(':3306', '')}=${it.role}`).join(' ');
}

test.each([
  {
    name: 'a tree',
    given: 'db1\n+ db2\n++ db3\n+ db4',
    roles: 'db1=master db2=intermediate db3=replica db4=replica',
  },
  {
    name: 'a dead master keeps its role',
    given: 'db1 silent\n+ db2 receiver=connecting',
    roles: 'db1=master db2=replica',
  },
  {
    name: 'a ring of two: the writable one is the master',
    given: 'db1 ro source=db2\n+ db2 rw',
    roles: 'db1=co-master db2=master',
  },
  {
    name: 'whoever is followed is the master beside a detached one',
    given: 'db1\ndb2\n+ db3',
    roles: 'db1=detached db2=master db3=replica',
  },
])('$name', ({ given, roles }) => {
  expect(rolesOf(given)).toBe(roles);
});

test('a recorded promotion outweighs a replica that could not follow', () => {
  const drawing = 'db1 silent\n+ db3 receiver=connecting\ndb2';
  expect(rolesOf(drawing)).toBe('db1=master db2=detached db3=replica');
  expect(rolesOf(drawing, 'db2:3306')).toBe('db1=detached db2=master db3=replica');
});

/** What a round sees after db2 was promoted in the place of db1. */
function masterAfterPromotion(...sightings: readonly Sighting[]): string | null {
  const lastPromotion = { opened: 'db2:3306', replaced: 'db1:3306' };
  return assembleTopology('orders', 2, sightings, {
    ...nothing,
    lastPromotion,
    lastMaster: 'db2:3306',
  }).master;
}

const writable = (name: string): Sighting => seen(name, mariadbServer(name));
const following = (name: string, source: string): Sighting =>
  seen(name, mariadbServer(name, { readOnly: true, channels: [channelFrom(source)] }));

test('a replaced master that comes back is not the master, even while the new one is silent', () => {
  expect(masterAfterPromotion(writable('db1:3306'), unseen('db2:3306'))).toBe('db2:3306');
  expect(
    masterAfterPromotion(
      writable('db1:3306'),
      unseen('db2:3306'),
      following('db3:3306', 'db1:3306'),
    ),
  ).toBe('db2:3306');
});

test('somebody else who takes writes and is followed is the master when the promoted one is silent', () => {
  expect(
    masterAfterPromotion(
      writable('db3:3306'),
      unseen('db2:3306'),
      following('db1:3306', 'db3:3306'),
    ),
  ).toBe('db3:3306');
});

test('a promoted one that answers as a replica is the master no more', () => {
  expect(masterAfterPromotion(writable('db3:3306'), following('db2:3306', 'db3:3306'))).toBe(
    'db3:3306',
  );
});

test('one server under two names is one instance with an alias', () => {
  const master = mariadbServer('db1:3306', { hostname: 'box' });
  const topology = assembleTopology(
    'orders',
    1,
    [
      seen('10.0.0.5:3306', master),
      seen('db1:3306', master),
      seen(
        'db2:3306',
        mariadbServer('db2:3306', { readOnly: true, channels: [channelFrom('db1:3306')] }),
      ),
    ],
    nothing,
  );
  expect(topology.members.map((it) => [it.key, it.aliases])).toEqual([
    ['db1:3306', ['10.0.0.5:3306']],
    ['db2:3306', []],
  ]);
  expect(topology.members[1]?.source).toBe('db1:3306');
});

test('an instance keeps its name, its aliases and its last answer while it is silent', () => {
  const master = mariadbServer('db1:3306', { hostname: 'box' });
  const before = assembleTopology(
    'orders',
    1,
    [seen('10.0.0.5:3306', master), seen('db1:3306', master)],
    nothing,
  );
  const after = assembleTopology('orders', 2, [unseen('10.0.0.5:3306'), unseen('db1:3306')], {
    ...nothing,
    previous: before,
  });
  expect(after.members).toHaveLength(1);
  expect(after.members[0]).toMatchObject({
    key: before.members[0]?.key,
    probe: { kind: 'silent' },
  });
  expect(after.members[0]?.lastAnswer?.server).toEqual(master);
});

test('a name that never answered shows no master', () => {
  expect(assembleTopology('orders', 1, [unseen('db1:3306')], nothing).master).toBeNull();
});

test('the address of a stopped container may be given to another, which stays who it is', () => {
  const first = mariadbServer('db1:3306', { hostname: 'one' });
  const second = mariadbServer('db2:3306', { hostname: 'two' });
  const before = assembleTopology(
    'orders',
    1,
    [seen('172.18.0.2:3306', first), seen('db1:3306', first), seen('db2:3306', second)],
    { ...nothing, lastMaster: 'db1:3306' },
  );
  const called = before.members.map((it) => it.key);
  const after = assembleTopology(
    'orders',
    2,
    [unseen('db1:3306'), seen('db2:3306', second), seen('172.18.0.2:3306', second)],
    { ...nothing, previous: before },
  );
  expect(after.members.map((it) => it.key)).toEqual(called);
  expect(after.members.find((it) => it.key === 'db2:3306')).toMatchObject({
    aliases: ['172.18.0.2:3306'],
    probe: { kind: 'answered' },
  });
});

test('a name that only we can use gives way to the one that the servers use', () => {
  const master = mariadbServer('db1:3306', { hostname: 'db1', reportHost: null });
  const sighting = { ...seen('127.0.0.1:13311', master), peerName: 'db1:3306' };
  const topology = assembleTopology('orders', 1, [sighting], nothing);
  expect(topology.members.map((it) => [it.key, it.aliases])).toEqual([
    ['db1:3306', ['127.0.0.1:13311']],
  ]);
});
