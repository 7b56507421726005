import { plain } from '../../../src/core/model/phrase.ts';
import { assembleTopology } from '../../../src/core/discover/assemble-topology.ts';
import type { InstanceKey, Server } from '../../../src/core/model/instance.ts';
import type { Action } from '../../../src/core/model/plan.ts';
import type { Policy } from '../../../src/core/model/policy.ts';
import { ReplicationError } from '../../../src/core/model/replication-error.ts';
import type { Topology } from '../../../src/core/model/topology.ts';
import type { ActionOutcome, Commander } from '../../../src/core/ports.ts';
import type { ScheduledEvents } from '../../../src/core/model/scheduled-events.ts';
import { channelFrom, fileServer, mariadbServer, noEvents } from './servers.ts';

/** One simulated server: only what the order of steps is about. */
export interface SimulatedServer {
  alive: boolean;
  writable: boolean;
  source: InstanceKey | null;
  receiving: boolean;
  applying: boolean;
  /** The last transaction of the master that it received; 100 unless told. */
  holds?: number;
  /** Off unless told. */
  scheduler?: boolean;
  /** None, and all rights, unless told. */
  events?: Partial<ScheduledEvents>;
}

/** How a replica of `worldOf` begins. */
export type Beginning = Pick<
  SimulatedServer,
  'alive' | 'applying' | 'holds' | 'scheduler' | 'events'
>;

export type World = Map<InstanceKey, SimulatedServer>;

export const policy: Policy = {
  writeProbe: false,
  cluster: 'orders',
  environment: 'lab',
  mode: 'manage',
  reasonableLagSeconds: 10,
  promotionRules: {},
  replicationUser: 'repl',
  replicationPasswordKnown: true,
  recoverMasterFilters: [],
  recoverIntermediateFilters: [],
  ignoreHostFilters: [],
  blockSeconds: 3600,
  confirmSeconds: 0.3,
  autoRejoin: true,
  onPossibleLoss: 'hold',
  unapplied: { delays: true, delaySeconds: 300, fails: true },
  programs: { before: [], after: [], timeoutSeconds: 10 },
  recoverLockedMaster: true,
  acceptedFilters: [],
  onUnfencedMaster: 'promote',
  detachesLost: false,
};

/** `db1` is the master, the others its replicas. */
export function worldOf(replicas: readonly Readonly<Beginning>[], masterAlive: boolean): World {
  const world: World = new Map();
  world.set('db1:3306', {
    alive: masterAlive,
    writable: true,
    source: null,
    receiving: false,
    applying: false,
  });
  replicas.forEach(({ alive, applying, ...rest }, index) => {
    world.set(`db${String(index + 2)}:3306`, {
      alive,
      writable: false,
      source: 'db1:3306',
      receiving: masterAlive,
      applying,
      ...rest,
    });
  });
  return world;
}

/** The picture that a round would take of the world. */
export function pictureOf(world: World, gtid: boolean): Topology {
  const sightings = [...world].map(([key, it]) => ({
    name: key,
    address: key,
    probe: it.alive
      ? ({ kind: 'answered', at: 1, server: serverOf(key, it, gtid) } as const)
      : ({
          kind: 'silent',
          at: 1,
          reason: 'refused',
          says: plain(`${key} refuses connections.`),
        } as const),
  }));
  return assembleTopology('orders', 1, sightings, {
    previous: undefined,
    lastPromotion: null,
    lastMaster: 'db1:3306',
    lastSources: new Map(),
    lastKeys: new Map(),
    heard: new Set(world.keys()),
    early: false,
    seeds: [],
  });
}

function serverOf(key: InstanceKey, it: SimulatedServer, gtid: boolean): Server {
  const channels =
    it.source === null
      ? []
      : [
          channelFrom(it.source, {
            receiver: it.receiving ? 'yes' : 'connecting',
            applier: it.applying ? 'yes' : 'no',
            lagSeconds: it.receiving && it.applying ? 0 : null,
            method: gtid ? 'gtid' : 'file',
            retrieved: `0-1-${String(it.holds ?? 100)}`,
          }),
        ];
  return (gtid ? mariadbServer : fileServer)(key, {
    readOnly: !it.writable,
    channels,
    eventScheduler: it.scheduler ?? false,
    events: { ...noEvents, ...it.events },
  });
}

/** Where a simulated step breaks: before or after it took effect. */
export interface Break {
  readonly atStep: number;
  readonly afterEffect: boolean;
}

/** Performs actions on the world; tells `watch` after each; breaks where it is told to. */
export function simulatedCommander(
  world: World,
  breaks: Break | null,
  watch: () => void,
): Commander {
  let count = 0;
  return {
    prepare: async (address) => {
      if (world.get(address)?.alive !== true) {
        throw new ReplicationError('refused', `${address} refuses connections.`);
      }
    },
    perform: async (address, action) => {
      count += 1;
      const breaksHere = breaks?.atStep === count;
      if (breaksHere && !breaks.afterEffect) {
        throw new ReplicationError('connection-lost', 'broken on purpose');
      }
      const outcome = take(world, address, action);
      watch();
      if (breaksHere) {
        throw new ReplicationError('connection-lost', 'broken on purpose');
      }
      return outcome;
    },
    lock: async () => ({ kind: 'held' }),
    holdsLock: async () => true,
    close: () => undefined,
  };
}

function take(world: World, key: InstanceKey, action: Action): ActionOutcome {
  const it = world.get(key);
  if (it?.alive !== true) {
    throw new ReplicationError('refused', `${key} refuses connections.`);
  }
  Object.assign(it, effectOf(action));
  return action.do === 'mark-position'
    ? {
        note: null,
        position: { kind: 'file', source: key, at: { file: 'binlog.000001', offset: 500 } },
      }
    : { note: null };
}

function effectOf(action: Action): Partial<SimulatedServer> {
  switch (action.do) {
    case 'set-read-only':
      return { writable: false };
    case 'set-writable':
      return { writable: true };
    case 'start-applier':
      return { applying: true };
    case 'stop-receiver':
      return { receiving: false };
    case 'start-receiver':
      return { receiving: true };
    case 'stop-replication':
      return { receiving: false, applying: false };
    case 'start-replication':
      return { receiving: true, applying: true };
    case 'forget-source':
      return { source: null };
    case 'point-at':
      return { source: action.source };
    default:
      return effectOnEvents(action);
  }
}

function effectOnEvents(action: Action): Partial<SimulatedServer> {
  return action.do === 'switch-event-scheduler'
    ? { scheduler: action.on }
    : action.do === 'enable-events'
      ? { events: { enabled: action.events, asleep: [] } }
      : {};
}
