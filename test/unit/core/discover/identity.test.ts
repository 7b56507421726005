import { expect, test } from 'vitest';
import { findInstance } from '../../../../src/cli/commands/find-instance.ts';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import { assembleTopology, type Memory } from '../../../../src/core/discover/assemble-topology.ts';
import type { Sighting } from '../../../../src/core/discover/sighting.ts';
import type { Channel, Server } from '../../../../src/core/model/instance.ts';
import { inEnglish, plain } from '../../../../src/core/model/phrase.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { channelFrom, mariadbServer } from '../../../support/builders/servers.ts';
import { policy } from '../../../support/builders/world.ts';

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

function seen(name: string, server: Server, at = 1): Sighting {
  return { name, address: name, probe: { kind: 'answered', at, server } };
}

function unseen(name: string): Sighting {
  return {
    name,
    address: name,
    probe: { kind: 'silent', at: 2, reason: 'refused', says: plain(`${name} refuses`) },
  };
}

function pictureOf(sightings: readonly Sighting[], memory: Partial<Memory> = {}): Topology {
  return assembleTopology('bar', 1, sightings, { ...nothing, ...memory });
}

function shapeOf({ members }: Topology): string {
  return members
    .map((it) =>
      [it.key, ...it.aliases.map((name) => `=${name}`), it.role, it.source ?? '-'].join(' '),
    )
    .join('\n');
}

function codesIn(topology: Topology): readonly string[] {
  return analyse(topology, policy).map((it) => it.code);
}

function replicaOf(key: string, source: string, changes: Partial<Server> = {}): Server {
  return mariadbServer(key, { readOnly: true, channels: [channelFrom(source)], ...changes });
}

const listed = (...ids: readonly number[]): Server['replicas'] =>
  ids.map((serverId) => ({ serverId, serverUuid: null, host: 'r1', port: 3306 }));

test('a report_host that was copied from another server names nobody', () => {
  const topology = pictureOf([
    seen('m:3306', mariadbServer('m1:3306', { reportHost: 'm', replicas: listed(2, 3) })),
    seen('r1:3306', replicaOf('r2:3306', 'm:3306', { reportHost: 'r1' })),
    seen('r2:3306', replicaOf('r3:3306', 'm:3306', { reportHost: 'r1' })),
  ]);
  expect(shapeOf(topology)).toBe('m:3306 master -\nr1:3306 replica m:3306\nr2:3306 replica m:3306');
  expect(codesIn(topology)).toEqual(['DuplicateReportHost']);
  expect(findInstance(topology, 'r2')).toBe('r2:3306');
});

test('one name reported by all leaves each its own, and a dead master is replaced', () => {
  const all = { reportHost: 'db' };
  const alive = [
    seen('m:3306', mariadbServer('m1:3306', all)),
    seen('r1:3306', replicaOf('r2:3306', 'm:3306', all)),
    seen('r2:3306', replicaOf('r3:3306', 'm:3306', all)),
  ];
  const before = pictureOf(alive);
  expect(before.members.map((it) => it.key)).toEqual(['m:3306', 'r1:3306', 'r2:3306']);
  const lost = { channels: [channelFrom('m:3306', { receiver: 'connecting' })] };
  const after = pictureOf(
    [
      unseen('m:3306'),
      seen('r1:3306', replicaOf('r2:3306', 'm:3306', { ...all, ...lost })),
      seen('r2:3306', replicaOf('r3:3306', 'm:3306', { ...all, ...lost })),
    ],
    { previous: before, lastMaster: before.master },
  );
  expect(codesIn(after)).toContain('DeadMaster');
});

test('a replica that hides behind the name of another is told of', () => {
  const topology = pictureOf([
    seen('m:3306', mariadbServer('m1:3306', { reportHost: 'm', replicas: listed(2, 3) })),
    seen('r1:3306', replicaOf('r2:3306', 'm:3306', { reportHost: 'r1' })),
  ]);
  const found = analyse(topology, policy).find((it) => it.code === 'DuplicateReportHost');
  expect(found?.says).toBe(
    'm:3306 counts a replica with server_id 3 that reports the name r1:3306, which leads to r1:3306 with server_id 2.',
  );
});

/** What a machine and its clones say alike. */
const clone = { serverId: 1, serverUuid: 'u', hostname: 'box', port: 3306, reportHost: null };

test.each<{ readonly name: string; readonly copy: Partial<Server> }>([
  { name: 'it is read-only', copy: { readOnly: true } },
  { name: 'it reads from the other', copy: { channels: [channelFrom('m:3306')] } },
  { name: 'it started at another time', copy: { uptimeSeconds: 900 } },
  {
    name: 'each has what the other lacks',
    copy: {
      gtid: {
        kind: 'mariadb',
        binlogPos: '0-7-90',
        slavePos: '',
        binlogState: '0-7-90,0-1-50',
        strict: true,
        domainId: 0,
      },
    },
  },
])('a cloned machine is another server where $name', ({ copy }) => {
  const sightings = [
    seen('m:3306', mariadbServer('m1:3306', clone)),
    seen('r1:3306', mariadbServer('r1:3306', { ...clone, ...copy })),
  ];
  const topology = pictureOf(sightings);
  expect(topology.members.map((it) => it.key)).toEqual(['m:3306', 'r1:3306']);
  expect(codesIn(topology)).toEqual(
    expect.arrayContaining(['DuplicateServerUuid', 'DuplicateServerId']),
  );
  const after = pictureOf([unseen('m:3306'), ...sightings.slice(1)], {
    previous: topology,
    lastMaster: 'm:3306',
  });
  expect(after.members.find((it) => it.key === 'm:3306')?.probe.kind).toBe('silent');
});

test('a clone is never promoted by itself: nothing proves what it holds', () => {
  const topology = pictureOf([
    seen('m:3306', mariadbServer('m1:3306', clone)),
    seen('r1:3306', replicaOf('r1:3306', 'm:3306', clone)),
  ]);
  const decision = decide(
    { kind: 'promote', instance: 'r1:3306', acceptLoss: false },
    {
      topology,
      policy,
      spell: () => [],
      proxied: false,
      highWater: new Map(),
      begun: [],
      own: { kind: 'none' },
      handover: null,
    },
  );
  const because = decision.kind === 'hold' ? decision.refusal.because.map(inEnglish) : [];
  expect(because.join()).toContain('m:3306 has the same; give one of them its own');
});

function cloneAt(seconds: number, last: number): Server {
  return mariadbServer('m1:3306', {
    ...clone,
    uptimeSeconds: seconds,
    gtid: {
      kind: 'mariadb',
      binlogPos: `0-1-${String(last)}`,
      slavePos: '',
      binlogState: `0-1-${String(last)}`,
      strict: true,
      domainId: 0,
    },
  });
}

test('one server under two names stays one while it is written to', () => {
  const topology = pictureOf([
    seen('m:3306', cloneAt(100, 500), 100_000),
    seen('10.0.0.1:3306', cloneAt(101, 520), 100_900),
  ]);
  expect(topology.members).toHaveLength(1);
});

const spelledBy = (changes: Partial<Channel>): ((name: string) => Server['channels']) => {
  return (name) => [channelFrom(name, { receiver: 'connecting', ...changes })];
};

test.each([
  { name: 'by its uuid', channels: spelledBy({ sourceUuid: 'u-of-m', sourceServerId: 1 }) },
  { name: 'by its server id', channels: spelledBy({ sourceServerId: 1 }) },
])('a dead master whom its replicas spell differently is one: $name', ({ channels }) => {
  const topology = pictureOf([
    seen('r1:3306', replicaOf('r2:3306', 'm:3306', { channels: channels('m:3306') })),
    seen('r2:3306', replicaOf('r3:3306', 'm:3306', { channels: channels('10.0.0.1:3306') })),
    unseen('m:3306'),
    unseen('10.0.0.1:3306'),
  ]);
  expect(topology.members).toHaveLength(3);
  const master = topology.members.find((it) => it.role === 'master');
  expect(new Set([master?.key, ...(master?.aliases ?? [])])).toEqual(
    new Set(['10.0.0.1:3306', 'm:3306']),
  );
});

test('two sources of one replica are two, whatever server ids they have', () => {
  const channels = [
    channelFrom('m:3306', { sourceServerId: 1, receiver: 'connecting' }),
    channelFrom('ext:3306', { sourceServerId: 1, name: 'ext' }),
  ];
  const topology = pictureOf([
    seen('r1:3306', replicaOf('r2:3306', 'm:3306', { channels })),
    unseen('m:3306'),
    unseen('ext:3306'),
  ]);
  expect(topology.members).toHaveLength(3);
});

test('an earlier process knew by which names the dead master goes', () => {
  const lastKeys = new Map([
    ['m:3306', 'm:3306'],
    ['10.0.0.1:3306', 'm:3306'],
  ]);
  const topology = pictureOf(
    [
      seen('r1:3306', replicaOf('r2:3306', '10.0.0.1:3306')),
      unseen('10.0.0.1:3306'),
      unseen('m:3306'),
    ],
    { lastKeys, heard: new Set(lastKeys.keys()), lastMaster: 'm:3306' },
  );
  expect(shapeOf(topology)).toBe('m:3306 =10.0.0.1:3306 master -\nr1:3306 replica m:3306');
});

test('a name that leads nowhere is the master where both ends say so', () => {
  const uuid = { serverUuid: 'u-of-m' };
  const topology = pictureOf([
    seen('m:3306', mariadbServer('m1:3306', { ...uuid, replicas: listed(2) })),
    seen(
      'r1:3306',
      replicaOf('r2:3306', 'inside:3306', {
        reportHost: 'r1',
        channels: [channelFrom('inside:3306', { sourceUuid: 'u-of-m' })],
      }),
    ),
    unseen('inside:3306'),
  ]);
  expect(shapeOf(topology)).toContain('master -\nr1:3306 replica');
  expect(topology.members).toHaveLength(2);
});
