import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixedAddresses } from '../../../../../src/adapters/fixed-addresses.ts';
import { analyse } from '../../../../../src/core/analyse/analyse.ts';
import { decide } from '../../../../../src/core/decide/decide.ts';
import { decideAutomatically } from '../../../../../src/core/decide/decide-automatically.ts';
import { clusterMemory } from '../../../../../src/core/engine/observer/memory.ts';
import type { Circumstances } from '../../../../../src/core/model/circumstances.ts';
import type { ProblemCode } from '../../../../../src/core/model/finding.ts';
import { keyOf, type Probe, type SilenceReason } from '../../../../../src/core/model/instance.ts';
import { inEnglish, plain } from '../../../../../src/core/model/phrase.ts';
import type { Topology } from '../../../../../src/core/model/topology.ts';
import { roundsOf, type TakeRound } from '../../../../../src/core/engine/observer/take-round.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { channelFrom, mariadbServer } from '../../../../support/builders/servers.ts';
import { policy } from '../../../../support/builders/world.ts';

/** Place `i` reads from place `sources[i - 1]`; place 0 is the master. */
interface Healthy {
  readonly sources: readonly number[];
  readonly waits: boolean;
}

const healthy = fc
  .array(fc.nat(), { minLength: 1, maxLength: 7 })
  .map((picks) => picks.map((pick, index) => pick % (index + 1)))
  .chain((sources) => fc.record({ sources: fc.constant(sources), waits: fc.boolean() }));

const reasons: readonly SilenceReason[] = [
  'timed-out',
  'hung',
  'unknown-host',
  'denied',
  'refused',
  'unreachable',
];

function nameOf(place: number): string {
  return `db${String(place + 1)}:3306`;
}

function answerOf({ sources, waits }: Healthy, place: number): Probe {
  const source = place === 0 ? undefined : sources[place - 1];
  const below = sources.flatMap((it, index) => (it === place ? [index + 1] : []));
  return {
    kind: 'answered',
    at: 1,
    server: mariadbServer(nameOf(place), {
      readOnly: place > 0,
      channels: source === undefined ? [] : [channelFrom(nameOf(source))],
      replicas: below.map((it) => ({
        serverId: it + 1,
        serverUuid: null,
        host: `db${String(it + 1)}`,
        port: 3306,
      })),
      semiSync: {
        source: {
          variable: 'rpl_semi_sync_master_enabled',
          enabled: waits && place === 0,
          active: waits && place === 0,
          waitsFor: 1,
          timeoutMs: 10_000,
          waitsWithoutReplicas: true,
          waitPoint: 'after-sync',
          clients: below.length,
          waitingSessions: waits ? 1 : 0,
        },
        replica: { variable: 'rpl_semi_sync_slave_enabled', enabled: waits, active: waits },
      },
    }),
  };
}

/** Rounds over a healthy cluster, some of whose servers say nothing but `reason`. */
function roundsOver(
  world: Healthy,
  isSilent: (place: number) => boolean,
  reason: SilenceReason,
): TakeRound {
  const places = [0, ...world.sources.map((_, index) => index + 1)];
  const clock = { now: () => 1, monotonic: () => 1, sleep: () => Promise.resolve() };
  const probe = async (address: string): Promise<Probe> => {
    const place = places.find((it) => nameOf(it) === address);
    return place === undefined || isSilent(place)
      ? { kind: 'silent', at: 1, reason, says: plain(`${address}: ${reason}`) }
      : answerOf(world, place);
  };
  const prober = { probe, onLost: () => undefined, close: () => undefined };
  const parts = {
    cluster: 'orders',
    members: { seeds: places.map(nameOf), told: [], patterns: undefined, lab: false },
    actor: 'me@here (1)',
    prober,
    addresses: fixedAddresses({}),
    clock,
  };
  return roundsOf(parts, clusterMemory('orders', undefined));
}

const unknownOnly: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'InstancesNotReached',
  'InstancesNotResolved',
  'InstancesRefuseUser',
]);
const free = new AbortController().signal;

function codesIn(topology: Topology): readonly ProblemCode[] {
  return analyse(topology, policy).map((it) => it.code);
}

test('whoever has not answered yet is unknown, and nothing else is found in a healthy cluster', async () => {
  await fc.assert(
    fc.asyncProperty(
      healthy,
      fc.uniqueArray(fc.nat(7), { minLength: 1 }),
      fc.constantFrom(...reasons),
      fc.integer({ min: 1, max: 5 }),
      async (world, silent, reason, slowRounds) => {
        let round = 0;
        const take = roundsOver(world, (it) => round <= slowRounds && silent.includes(it), reason);
        let topology: Topology | undefined;
        for (round = 1; round <= slowRounds; round += 1) {
          topology = await take(topology, free);
          const nobody = topology.members.every((it) => it.probe.kind === 'silent');
          const found = codesIn(topology).filter((it) => !unknownOnly.has(it));
          // That nothing answers is no conclusion; where it may be haste, even that waits.
          const said = nobody && found.length > 0 ? ['NothingReachable'] : [];
          expect(found).toEqual(said);
          const roles = topology.members.filter((it) => it.unheard).map((it) => it.role);
          expect(roles.filter((it) => it !== 'unknown' && it !== 'master')).toEqual([]);
        }
        topology = await take(topology, free);
        expect(codesIn(topology)).toEqual([]);
        expect(topology.master).toBe('db1:3306');
      },
    ),
  );
});

test('in the first rounds a cluster that answers too late is not called unreachable', async () => {
  const world = { sources: [0, 0], waits: false };
  const take = roundsOver(world, () => true, 'timed-out');
  const first = await take(undefined, free);
  expect(codesIn(first)).toEqual(['InstancesNotReached']);
  let last = first;
  // It may as well be this machine that is too slow, though not for ever.
  for (let round = 2; round <= 15; round += 1) last = await take(last, free);
  expect(codesIn(last)).toEqual(['InstancesNotReached']);
  expect(codesIn(await take(last, free))).toEqual(['NothingReachable']);
});

const circumstances: Circumstances = {
  now: 1,
  unacknowledged: undefined,
  downtimes: [],
  disarmed: undefined,
  storeWritable: true,
  controller: { holder: 'me', us: true },
  lostBy: new Set(),
};

test('a master that was never heard is not replaced without a person, although its replicas lost it', () => {
  const topology = draw('db1 unheard\n+ db2 receiver=connecting\n+ db3 receiver=connecting');
  const [finding] = analyse(topology, policy);
  expect(finding?.code).toBe('DeadMaster');
  const context = {
    topology,
    policy: { ...policy, recoverMasterFilters: ['*'] },
    spell: () => [],
    proxied: false,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' as const },
    handover: null,
  };
  const alone = finding && decideAutomatically(finding, context, circumstances);
  expect(alone?.kind).toBe('hold');
  expect(alone?.kind === 'hold' ? alone.refusal.because.map(inEnglish).join() : '').toContain(
    'was never reached from here',
  );
  expect(decide({ kind: 'promote', instance: 'db2:3306', acceptLoss: false }, context).kind).toBe(
    'act',
  );
});

test('one finding for each remedy, with all whom it would help', () => {
  const topology = draw('db1\n+ db2\ndb3 unheard\ndb4 unheard\ndb5 unheard');
  const told = analyse(
    {
      ...topology,
      members: topology.members.map((it) =>
        it.key === 'db5:3306' && it.probe.kind === 'silent'
          ? { ...it, probe: { ...it.probe, reason: 'denied' as const } }
          : it,
      ),
    },
    policy,
  ).map((it) => it.says);
  expect(told).toEqual([
    '1 instance refuses the monitor user: db5:3306.',
    'No connection to 2 instances could be made yet: db3:3306, db4:3306.',
  ]);
});

test('a plan names those that cannot be reached as left behind, and what they alone may hold as lost', () => {
  const before = draw('db1\n+ db2\n+ db3');
  const topology = draw('db1 silent\n+ db2 receiver=connecting\ndb4 unheard', null, before);
  const decision = decide(
    { kind: 'promote', instance: 'db2:3306', acceptLoss: false },
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
  const lost = decision.kind === 'act' ? decision.plan.effects.mayLose.map(inEnglish) : [];
  expect(lost).toContain('What only db4:3306 received: it cannot be reached from here.');
  expect(keyOf('db4', 3306)).toBe('db4:3306');
});
