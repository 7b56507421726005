import { expect, test } from 'vitest';
import { withoutReaders } from '../../../../src/core/discover/binlog-readers.ts';
import type { Sighting } from '../../../../src/core/discover/sighting.ts';
import type { ConnectedReplica, DumpThread, Server } from '../../../../src/core/model/instance.ts';
import { plain } from '../../../../src/core/model/phrase.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { clusterNode } from '../../../../src/extension/tree/tree-nodes.ts';
import { viewOf } from '../../../../src/protocol/topology-view.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { channelFrom, mariadbServer } from '../../../support/builders/servers.ts';

const repl = (host: string): DumpThread => ({ user: 'repl', host });
const cdc: DumpThread = { user: 'cdc', host: '10.0.0.9' };

function row(serverId: number, changes: Partial<ConnectedReplica> = {}): ConnectedReplica {
  return { serverId, serverUuid: null, host: '', port: 3306, ...changes };
}

function answers(name: string, changes: Partial<Server> = {}): Sighting {
  return {
    name,
    address: name,
    probe: { kind: 'answered', at: 1, server: mariadbServer(name, changes) },
  };
}

function silent(name: string, reason: 'refused' | 'timed-out' = 'refused'): Sighting {
  return {
    name,
    address: name,
    probe: { kind: 'silent', at: 1, reason, says: plain(`${name}: ${reason}`) },
  };
}

function source(
  registered: readonly ConnectedReplica[],
  dumpThreads: readonly DumpThread[] | undefined,
  changes: Partial<Server> = {},
): Sighting {
  return answers('db1:3306', {
    registered,
    ...(dumpThreads === undefined ? {} : { dumpThreads }),
    ...changes,
  });
}

const replica = answers('10.0.0.2:3306', { serverId: 2, channels: [channelFrom('db1:3306')] });

function told(
  sightings: readonly Sighting[],
  {
    outsiders = [],
    previous,
    known = [],
  }: {
    readonly outsiders?: readonly string[];
    readonly previous?: Topology;
    readonly known?: readonly string[];
  } = {},
) {
  const { crawl, readers } = withoutReaders(
    {
      sightings,
      outsiders: outsiders.map((key) => ({ key, namedBy: ['db1:3306'], why: 'unconfirmed' })),
    },
    { previous, isKnown: (name) => known.includes(name) },
  );
  return {
    readers: readers.map((it) => `${it.account ?? String(it.serverId)}@${it.host}`),
    sightings: crawl.sightings.map((it) => it.name),
    outsiders: crawl.outsiders.map((it) => it.key),
  };
}

test('where every server that registered was found, the other dump threads are programs', () => {
  const master = source([row(2)], [repl('10.0.0.2'), cdc]);
  expect(told([master, replica, silent('10.0.0.9:3306')])).toEqual({
    readers: ['cdc@10.0.0.9'],
    sightings: ['db1:3306', '10.0.0.2:3306'],
    outsiders: [],
  });
  expect(told([master, replica], { outsiders: ['10.0.0.9:3306', 'other:3306'] }).outsiders).toEqual(
    ['other:3306'],
  );
});

test('a name in the settings, or one that was heard before, is never taken for a program', () => {
  const master = source([row(2)], [repl('10.0.0.2'), cdc]);
  const names = { known: ['10.0.0.9:3306'] };
  expect(told([master, replica, silent('10.0.0.9:3306')], names).sightings).toContain(
    '10.0.0.9:3306',
  );
});

test('while a server that registered is not found, any thread may be its own', () => {
  const master = source([row(2), row(3)], [repl('10.0.0.2'), cdc]);
  expect(told([master, replica, silent('10.0.0.9:3306')])).toEqual({
    readers: [],
    sightings: ['db1:3306', '10.0.0.2:3306', '10.0.0.9:3306'],
    outsiders: [],
  });
});

test('a program stays one while a replica is gone, as long as the threads are enough for both', () => {
  const previous: Topology = {
    ...draw('db1 rw\n+ db2'),
    readers: [{ source: 'db1:3306', account: 'cdc', host: '10.0.0.9', serverId: null }],
  };
  const lingering = source([row(2), row(3)], [repl('10.0.0.2'), repl('10.0.0.3'), cdc]);
  expect(told([lingering, replica], { previous }).readers).toEqual(['cdc@10.0.0.9']);
  const perhaps = source([row(2), row(3)], [repl('10.0.0.2'), cdc]);
  expect(told([perhaps, replica], { previous }).readers).toEqual([]);
});

test('whoever registers no port is a program, and one without a thread is told by its id', () => {
  const master = source([row(4711, { host: 'cdc-host', port: null })], undefined);
  expect(told([master], { outsiders: ['cdc-host:3306'] })).toEqual({
    readers: ['4711@cdc-host'],
    sightings: ['db1:3306'],
    outsiders: [],
  });
});

test('two programs of one account on the host of a replica are told from it by its thread', () => {
  const threads = [repl('10.0.0.2'), repl('10.0.0.2'), repl('10.0.0.2')];
  expect(told([source([row(2)], threads), replica]).readers).toEqual([
    'repl@10.0.0.2',
    'repl@10.0.0.2',
  ]);
});

test.each([
  ['nobody listens at its name', silent('10.0.0.9:3307'), null, ['4711@10.0.0.9']],
  ['another server answers there', answers('10.0.0.9:3307'), null, ['4711@10.0.0.9']],
  ['its name did not answer in time', silent('10.0.0.9:3307', 'timed-out'), null, []],
  ['it registered the uuid of a server', silent('10.0.0.9:3307'), 'uuid-3', []],
])('MySQL, a whole address: %s', (_, there, serverUuid, readers) => {
  const registered = [row(4711, { host: '10.0.0.9', port: 3307, serverUuid })];
  const master = source(registered, undefined, { flavor: 'mysql', serverUuid: 'uuid-1' });
  expect(told([master, there]).readers).toEqual(readers);
});

test('MariaDB, a whole address where nobody listens: it may be a replica that reports a wrong one', () => {
  const registered = [row(4711, { host: '10.0.0.9', port: 3307 })];
  expect(told([source(registered, undefined), silent('10.0.0.9:3307')]).readers).toEqual([]);
});

test('where the registrations cannot be read, nothing is concluded from the threads', () => {
  expect(told([answers('db1:3306', { dumpThreads: [cdc] }), replica]).readers).toEqual([]);
});

test('they stand in a group of their own in the tree, without a menu', () => {
  const topology: Topology = {
    ...draw('db1 rw\n+ db2'),
    readers: [
      { source: 'db1:3306', account: 'cdc', host: '10.0.0.9', serverId: null },
      { source: 'db1:3306', account: null, host: '', serverId: 4711 },
    ],
  };
  const state = { topology, findings: [], running: null, recoveries: [] };
  const context = { words: english, lab: new Set<string>(), now: 1 };
  const group = clusterNode('orders', viewOf(state, english, 1), context).children.at(-1);
  expect(group).toMatchObject({ label: 'Binary log readers', traits: 'readers', instance: null });
  expect(group?.children.map((it) => [it.label, it.description, it.traits])).toEqual([
    ['cdc@10.0.0.9', 'reads the binary log of db1:3306', 'reader'],
    ['server_id 4711', 'reads the binary log of db1:3306', 'reader'],
  ]);
});
