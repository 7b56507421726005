import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { decideAutomatically } from '../../../../src/core/decide/decide-automatically.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import type { RejoinContext } from '../../../../src/core/decide/planning-context.ts';
import { sparingSeveralSources } from '../../../../src/core/decide/several-sources.ts';
import { assembleTopology } from '../../../../src/core/discover/assemble-topology.ts';
import { namedBy } from '../../../../src/core/discover/next-targets.ts';
import type { Sighting } from '../../../../src/core/discover/sighting.ts';
import type { Server } from '../../../../src/core/model/instance.ts';
import { inEnglish, plain } from '../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision } from '../../../../src/core/model/plan.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { channelFrom, mariadbServer } from '../../../support/builders/servers.ts';
import { policy } from '../../../support/builders/world.ts';

/** Each with a server_id of its own. */
function seen(name: string, server: Server): Sighting {
  const serverId = Array.from(name).reduce(
    (sum, it, place) => sum + (place + 1) * (it.codePointAt(0) ?? 0),
    0,
  );
  return {
    name,
    address: name,
    probe: { kind: 'answered', at: 1, server: { ...server, serverId } },
  };
}

function silent(name: string, reason: 'refused' | 'denied' = 'refused'): Sighting {
  return {
    name,
    address: name,
    probe: { kind: 'silent', at: 1, reason, says: plain(`${name}: ${reason}`) },
  };
}

function reading(name: string, ...sources: readonly string[]): Sighting {
  const channels = sources.map((it, place) => channelFrom(it, { name: place === 0 ? '' : it }));
  return seen(name, mariadbServer(name, { readOnly: sources.length > 0, channels }));
}

function pictureOf(
  seeds: readonly string[],
  sightings: readonly Sighting[],
  previous?: Topology,
): Topology {
  return assembleTopology('bar', 1, sightings, {
    previous,
    lastPromotion: null,
    lastMaster: previous?.master ?? null,
    lastSources: new Map(),
    lastKeys: new Map(),
    heard: new Set(),
    early: false,
    seeds,
  });
}

function contextOf(topology: Topology): RejoinContext {
  return {
    topology,
    policy: { ...policy, recoverMasterFilters: ['*'] },
    spell: () => [],
    proxied: false,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
}

function promoted(topology: Topology, instance: string): Decision {
  const context = contextOf(topology);
  return sparingSeveralSources(
    decide({ kind: 'promote', instance, acceptLoss: false }, context),
    topology,
  );
}

function shapeOf({ members }: Topology): string {
  return members.map((it) => `${it.key.replace(':3306', '')}=${it.role}`).join(' ');
}

function reasonsIn(decision: Decision): string {
  return decision.kind === 'hold' ? decision.refusal.because.map(inEnglish).join() : 'act';
}

/** m1 -> r1; m2 -> s1, s2, s3; x reads from m1 and m2. */
const two: readonly Sighting[] = [
  reading('m1:3306'),
  reading('r1:3306', 'm1:3306'),
  reading('x:3306', 'm2:3306', 'm1:3306'),
  reading('m2:3306'),
  reading('s1:3306', 'm2:3306'),
  reading('s2:3306', 'm2:3306'),
  reading('s3:3306', 'm2:3306'),
];

test('a cluster is the tree that holds its seeds, though a replica reads from another one too', () => {
  const topology = pictureOf(['m1:3306'], two);
  expect(topology.master).toBe('m1:3306');
  expect(shapeOf(topology)).toBe('m1=master r1=replica x=replica');
  expect(topology.members.find((it) => it.key === 'x:3306')?.source).toBe('m1:3306');
  expect(topology.outsiders?.map((it) => `${it.key} ${it.why}`).toSorted()).toEqual([
    'm2:3306 outside-source',
    's1:3306 other-cluster',
    's2:3306 other-cluster',
    's3:3306 other-cluster',
  ]);
  expect(analyse(topology, policy).map((it) => it.code)).toEqual(['SeveralSources']);
  expect(shapeOf(pictureOf(['m2:3306'], two))).toBe(
    'm2=master s1=replica s2=replica s3=replica x=replica',
  );
});

test('the walk follows the source that it came from, and no other', () => {
  const { probe } = two[2] ?? silent('');
  const server = probe.kind === 'answered' ? probe.server : mariadbServer('x:3306');
  expect(namedBy(server, new Set(['m1:3306']))).toEqual(['m1:3306']);
  expect(namedBy(server, new Set())).toEqual(['m2:3306']);
});

test('a switchover that would touch a replica with several sources is refused, and says so', () => {
  const topology = pictureOf(['m1:3306'], two);
  expect(reasonsIn(promoted(topology, 'r1:3306'))).toBe(
    'x:3306 reads from several sources (m1:3306, m2:3306): no plan changes its replication yet.',
  );
  expect(reasonsIn(promoted(topology, 'x:3306'))).toContain('reads from several sources');
});

function lost(name: string, master: string, ...others: readonly string[]): Sighting {
  return seen(
    name,
    mariadbServer(name, {
      readOnly: true,
      channels: [
        channelFrom(master, { receiver: 'connecting' }),
        ...others.map((it) => channelFrom(it, { name: it })),
      ],
      gtid: {
        kind: 'mariadb',
        binlogPos: '0-1-100',
        slavePos: '',
        binlogState: others.length > 0 ? '0-1-100,5-52-900' : '0-1-100',
        strict: true,
        domainId: 0,
      },
    }),
  );
}

test('a dead master is replaced all the same, and the replica with several sources is left as it is', () => {
  const before = pictureOf(['m1:3306'], two);
  const topology = pictureOf(
    ['m1:3306'],
    [silent('m1:3306'), lost('r1:3306', 'm1:3306'), lost('x:3306', 'm1:3306', 'm2:3306')],
    before,
  );
  const finding = analyse(topology, policy).find((it) => it.code === 'DeadMaster');
  const circumstances = {
    now: 1,
    unacknowledged: undefined,
    downtimes: [],
    disarmed: undefined,
    storeWritable: true,
    controller: { holder: 'me', us: true },
    lostBy: new Set<string>(),
  };
  const decision = finding && decideAutomatically(finding, contextOf(topology), circumstances);
  const plan = decision?.kind === 'act' ? decision.plan : undefined;
  expect(plan?.newMaster).toBe('r1:3306');
  expect(plan && stepsOf(plan).map((it) => it.on)).not.toContain('x:3306');
  expect(plan?.effects.leftBehind.map((it) => it.instance)).toContain('x:3306');
  expect(decision && sparingSeveralSources(decision, topology)).toBe(decision);
});

test.each([
  { name: 'refuses our user', sightings: [silent('ext:3306', 'denied')] },
  { name: 'is not asked', sightings: [] },
])('a master that reads from outside is the master where that source $name', ({ sightings }) => {
  const master = seen('m:3306', mariadbServer('m1:3306', { channels: [channelFrom('ext:3306')] }));
  const living = [master, reading('r1:3306', 'm:3306'), reading('r2:3306', 'm:3306'), ...sightings];
  const topology = pictureOf(['m:3306'], living);
  expect(shapeOf(topology)).toBe('m=master r1=replica r2=replica');
  expect(topology.outsiders).toEqual([
    { key: 'ext:3306', namedBy: ['m:3306'], why: 'outside-source' },
  ]);
  expect(analyse(topology, policy).map((it) => it.code)).toEqual(['OutsideSource']);
  expect(reasonsIn(promoted(topology, 'r1:3306'))).toContain('outside the cluster');
  const after = pictureOf(
    ['m:3306'],
    [silent('m:3306'), lost('r1:3306', 'm:3306'), lost('r2:3306', 'm:3306'), ...sightings],
    topology,
  );
  expect(analyse(after, policy).map((it) => it.code)).toContain('DeadMaster');
  expect(promoted(after, 'r1:3306').kind).toBe('act');
});

test('a replica whose master is only unknown is not taken for a master', () => {
  const topology = pictureOf(['r1:3306'], [reading('r1:3306', 'm:3306')]);
  expect(topology.master).toBeNull();
  expect(shapeOf(topology)).toBe('r1=replica');
});
