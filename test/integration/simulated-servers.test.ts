import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MysqlCommander } from '../../src/adapters/mysql/mysql-commander.ts';
import { MysqlProber } from '../../src/adapters/mysql/mysql-prober.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Server } from '../../src/core/model/instance.ts';
import type { Action } from '../../src/core/model/plan.ts';
import { caughtUp } from '../../src/core/model/position.ts';
import { executedOf, hasUnapplied } from '../../src/core/model/server-position.ts';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { performOn } from '../simulation/actions.ts';
import { answerOf } from '../simulation/answer.ts';
import { randomOf } from '../simulation/random.ts';
import { scenarioOf } from '../simulation/scenario.ts';
import type { SimServer } from '../simulation/server.ts';
import { SimWorld } from '../simulation/world.ts';
import { until } from '../support/harness/until.ts';

const options = {
  login: {
    user: testUsers.monitor.user,
    password: () => Promise.resolve(testUsers.monitor.password),
    tls: () => undefined,
  },
  connectTimeoutMs: 2_000,
  queryTimeoutMs: 2_000,
  impatientTimeoutMs: 2_000,
  clock: systemClock,
  replication: { user: undefined, password: () => Promise.resolve(undefined) },
};

/** What the simulation claims of one server. */
interface Claim {
  readonly readOnly: boolean;
  readonly receiver: string;
  readonly applier: string;
  readonly receiverError: boolean;
  readonly applierError: boolean;
  readonly unapplied: boolean;
}

function claimOf(server: Server): Claim {
  const [channel] = server.channels;
  return {
    readOnly: server.readOnly,
    receiver: channel?.receiver ?? '-',
    applier: channel?.applier ?? '-',
    receiverError: (channel?.receiverError ?? null) !== null,
    applierError: (channel?.applierError ?? null) !== null,
    unapplied: hasUnapplied(server),
  };
}

/** Whether one has executed all that the other has. */
function holdsAll(one: Server | undefined, other: Server | undefined): boolean | undefined {
  const [mine, theirs] = [one, other].map((it) => (it === undefined ? null : executedOf(it)));
  if (mine === null || mine === undefined || theirs === null || theirs === undefined) {
    return undefined;
  }
  return caughtUp(mine, theirs);
}

function compared(master: Server | undefined, replica: Server | undefined) {
  return {
    master: master === undefined ? 'silent' : claimOf(master),
    replica: replica === undefined ? 'silent' : claimOf(replica),
    replicaHoldsAll: holdsAll(replica, master),
    masterHoldsAll: holdsAll(master, replica),
  };
}

// The same changes, kills and restarts on simulated servers and on real ones: both must tell the same.
describe.each([
  { server: 'mariadb', flavor: 'mariadb' },
  { server: 'mysql97', flavor: 'mysql' },
] as const)('on $server', ({ server, flavor }) => {
  let cluster: TestCluster;
  let world: SimWorld;

  beforeAll(async () => {
    cluster = await startCluster({ server, replicas: 1 });
    await cluster.master.sql('CREATE DATABASE app', 'CREATE TABLE app.rows_of (n INT)');
    world = new SimWorld(twoServers(flavor), randomOf(1), false);
    write(world.servers[0]);
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  test('simulated servers answer as real ones do', async () => {
    const [real, other] = cluster.members;
    const [master, replica] = world.servers;
    if (!real || !other || !master || !replica) throw new Error('There are two of each.');
    const steps: readonly (readonly [string, () => Promise<void>])[] = [
      ['it replicates', async () => undefined],
      ['the receiver is stopped', () => both({ do: 'stop-receiver' }, replica, other)],
      ['the master writes', () => writeBoth(master, real)],
      ['the receiver is started', () => both({ do: 'start-receiver' }, replica, other)],
      ['replication is stopped', () => both({ do: 'stop-replication' }, replica, other)],
      ['the master writes again', () => writeBoth(master, real)],
      ['replication is started', () => both({ do: 'start-replication' }, replica, other)],
      ['the master is closed', () => both({ do: 'set-read-only' }, master, real)],
      ['the master is opened', () => both({ do: 'set-writable' }, master, real)],
      [
        'the master is killed',
        async () => {
          await real.kill9();
          master.stop('down');
        },
      ],
      ['its receiver is stopped', () => both({ do: 'stop-receiver' }, replica, other)],
      ['its receiver is started', () => both({ do: 'start-receiver' }, replica, other)],
      [
        'the master is started',
        async () => {
          await real.start();
          master.start();
        },
      ],
      ['replication is stopped once more', () => both({ do: 'stop-replication' }, replica, other)],
      [
        'the replica is killed and started',
        async () => {
          await other.kill9();
          await other.start();
          replica.stop('down');
          replica.start();
        },
      ],
      ['the last of it is written', () => writeBoth(master, real)],
    ];
    for (const [step, happens] of steps) {
      await happens();
      await world.time.runUntil(world.time.now + 120_000);
      const simulated = compared(told(master), told(replica));
      let seen: unknown;
      await until(
        step,
        async () => {
          seen = compared(await probed(real), await probed(other));
          return JSON.stringify(seen) === JSON.stringify(simulated);
        },
        15_000,
      ).catch(() => undefined);
      expect.soft(seen, step).toEqual(simulated);
    }
  });
});

function twoServers(flavor: 'mysql' | 'mariadb') {
  const scenario = scenarioOf(randomOf(1), 1);
  return {
    ...scenario,
    flavor,
    servers: [
      { key: 'db1:3306', source: null },
      { key: 'db2:3306', source: 'db1:3306' },
    ],
    boot: () => ({
      keepsReadOnly: true,
      semiSyncSource: false,
      semiSyncReplica: false,
      semiSyncTimeoutMs: 10_000,
      waitsFor: 1,
      unsynced: 0,
      connectRetrySeconds: 1,
      netTimeoutSeconds: 60,
    }),
  };
}

async function both(action: Action, simulated: SimServer, member: TestMember): Promise<void> {
  await perform(member, action);
  performOn(simulated, action);
}

function told(server: SimServer): Server | undefined {
  return server.answers ? answerOf(server) : undefined;
}

async function probed(member: TestMember): Promise<Server | undefined> {
  const prober = new MysqlProber(options);
  try {
    const probe = await prober.probe(member.key, AbortSignal.timeout(5_000));
    return probe.kind === 'answered' ? probe.server : undefined;
  } finally {
    prober.close();
  }
}

async function perform(member: TestMember, action: Action): Promise<void> {
  const commander = new MysqlCommander(options);
  try {
    const server = await probed(member);
    if (server === undefined) throw new Error(`${member.key} does not answer.`);
    const circumstances = { server, marks: new Map(), deadlineMs: 10_000 };
    await commander.perform(member.key, action, circumstances, AbortSignal.timeout(20_000));
  } catch (error) {
    const says = error instanceof Error && 'says' in error ? error.message : String(error);
    throw new Error(`${action.do}: ${says}`, { cause: error });
  } finally {
    commander.close();
  }
}

async function writeBoth(simulated: SimServer, member: TestMember): Promise<void> {
  await member.sql('INSERT INTO app.rows_of VALUES (1)');
  write(simulated);
}

function write(server: SimServer | undefined): void {
  server?.commit({
    client: 'app',
    transaction: undefined,
    server: '',
    outcome: undefined,
    at: 0,
    end: () => undefined,
  });
}
