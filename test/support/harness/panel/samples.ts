import { readFileSync } from 'node:fs';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import type { ClusterState } from '../../../../src/core/backend.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import {
  splitKey,
  type Channel,
  type InstanceKey,
  type SilenceReason,
} from '../../../../src/core/model/instance.ts';
import { phrase, plain } from '../../../../src/core/model/phrase.ts';
import type { Decision, Plan, Wish } from '../../../../src/core/model/plan.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import type { Member, Topology } from '../../../../src/core/model/topology.ts';
import {
  newRecovery,
  withStepEnded,
  withStepStarted,
} from '../../../../src/core/record/recovery-record.ts';
import { readChannels } from '../../../../src/dialect/replica-status.ts';
import { spellForDisplay } from '../../../../src/dialect/statements.ts';
import { memberAs, topologyOf } from '../../builders/cluster-states.ts';
import { channelFrom, instanceOf, mariadbServer, silentInstance } from '../../builders/servers.ts';
import { policy } from '../../builders/world.ts';

/** Milliseconds since the epoch: when all samples were taken. */
export const sampleNow = 1_750_000_000_000;

const cluster = 'orders';

/** A row that a MariaDB 10.11 gave, recorded from a real server. */
function recordedRow(): Readonly<Record<string, string | number | null>> {
  const path = new URL('../../../fixtures/server-rows/mariadb-10.11.json', import.meta.url);
  const recorded: {
    replica: { statements: { 'SHOW ALL SLAVES STATUS': Record<string, string | number | null>[] } };
  } = JSON.parse(readFileSync(path, 'utf8'));
  return recorded.replica.statements['SHOW ALL SLAVES STATUS'][0] ?? {};
}

/** The recorded row with some columns changed, read as the engine reads it. */
export function recordedChannel(
  source: InstanceKey,
  columns: Readonly<Record<string, string | number | null>> = {},
): Channel {
  const { source: from } = channelFrom(source);
  const row = { ...recordedRow(), Master_Host: from.host, Master_Port: from.port, ...columns };
  return readChannels([row], 'SHOW ALL SLAVES STATUS')[0] ?? channelFrom(source);
}

export function master(key: InstanceKey): Member {
  return fresh(memberAs('master', null, instanceOf(key, mariadbServer(key))));
}

export function replica(
  key: InstanceKey,
  source: InstanceKey,
  columns: Readonly<Record<string, string | number | null>> = {},
): Member {
  const channels = [recordedChannel(source, columns)];
  const server = mariadbServer(key, { readOnly: true, channels });
  return fresh(memberAs('replica', source, instanceOf(key, server)));
}

export function silentMaster(key: InstanceKey): Member {
  return fresh(memberAs('master', null, silentInstance(key, mariadbServer(key))));
}

function fresh(member: Member): Member {
  const { lastAnswer } = member;
  return {
    ...member,
    probe: { ...member.probe, at: sampleNow },
    lastAnswer: lastAnswer === null ? null : { ...lastAnswer, at: sampleNow - 12_000 },
  };
}

/** The state that a round would give, with what the engine finds wrong with it. */
export function sampleState(members: readonly Member[]): ClusterState {
  const topology = { ...topologyOf(cluster, members), at: sampleNow };
  return { topology, findings: analyse(topology, policy), running: null, recoveries: [] };
}

/** What the engine answers to a wish, by its own planners. */
export function sampleDecision(state: ClusterState, wish: Wish): Decision {
  if (wish.kind === 'fix' || wish.kind === 'end-session') {
    throw new Error(`No sample shows this: ${wish.kind}.`);
  }
  return decide(wish, {
    topology: state.topology,
    policy,
    spell: spellForDisplay,
    proxied: false,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  });
}

const lostSource = {
  Slave_IO_Running: 'Connecting',
  Seconds_Behind_Master: null,
  Last_IO_Errno: 2003,
  Last_IO_Error:
    "error connecting to master 'repl@db1:3306' - retry-time: 1  maximum-retries: 86400  message: Can't connect to MySQL server on 'db1' (111 \"Connection refused\")",
} as const;

const wrongPassword = {
  Slave_IO_Running: 'Connecting',
  Seconds_Behind_Master: null,
  Last_IO_Errno: 1045,
  Last_IO_Error:
    "error connecting to master 'repl@db1:3306' - retry-time: 60  maximum-retries: 100000  message: Access denied for user 'repl'@'10.0.0.3' (using password: YES)",
} as const;

function healthy(): ClusterState {
  return sampleState([
    master('db1:3306'),
    replica('db2:3306', 'db1:3306'),
    replica('db3:3306', 'db1:3306'),
  ]);
}

function masterDead(): ClusterState {
  return sampleState([
    silentMaster('db1:3306'),
    replica('db2:3306', 'db1:3306', lostSource),
    replica('db3:3306', 'db1:3306', lostSource),
  ]);
}

function twoMasters(): ClusterState {
  const writable = { readOnly: false };
  return sampleState([
    master('db1:3306'),
    replica('db2:3306', 'db1:3306'),
    fresh(memberAs('detached', null, instanceOf('db4:3306', mariadbServer('db4:3306', writable)))),
  ]);
}

function coMasters(): ClusterState {
  const members = [
    ring('db1:3306', 'db2:3306', false),
    ring('db2:3306', 'db1:3306', true),
    replica('db3:3306', 'db1:3306'),
  ];
  const state = sampleState(members);
  const topology = { ...state.topology, master: 'db1:3306' };
  return { ...state, topology, findings: analyse(topology, policy) };
}

function ring(key: string, source: string, readOnly: boolean): Member {
  const server = mariadbServer(key, { readOnly, channels: [recordedChannel(source)] });
  return fresh(memberAs('co-master', source, instanceOf(key, server)));
}

function thirty(): ClusterState {
  const intermediates = [2, 3, 4].map((it) => replica(nameOf(it), nameOf(1)));
  const leaves = Array.from({ length: 26 }, (_, index) =>
    replica(
      nameOf(index + 5),
      nameOf(2 + (index % 3)),
      index === 7 ? { Seconds_Behind_Master: 42 } : {},
    ),
  );
  return sampleState([
    master(nameOf(1)),
    ...intermediates.map((it): Member => ({ ...it, role: 'intermediate' })),
    ...leaves,
  ]);
}

function nameOf(number: number): string {
  return `mysql-orders-${String(number).padStart(2, '0')}.ap-northeast-2.db.internal.example.com:3306`;
}

/** Fourteen: some cannot be reached or refuse the user, one is not confirmed; a neighbour refuses; a program reads the log. */
function unheard(): ClusterState {
  const source = nameOf(1);
  const silent = (place: number, reason: SilenceReason): Member => {
    const key = nameOf(place);
    const says =
      reason === 'denied'
        ? phrase('{address} does not let {user} in: {error}', {
            address: key,
            user: 'switchover',
            error: "Access denied for user 'switchover'@'10.0.0.9' (using password: YES)",
          })
        : phrase('The host name {host} cannot be resolved.', { host: splitKey(key).host });
    const probe = { kind: 'silent', at: sampleNow, reason, says } as const;
    return { ...memberAs('unknown', source, silentInstance(key)), probe, unheard: true };
  };
  const members = [
    master(source),
    ...[2, 3, 4, 5].map((it) => replica(nameOf(it), source)),
    ...[6, 7, 8, 9, 10, 11].map((it) => silent(it, 'unknown-host')),
    ...[12, 13].map((it) => silent(it, 'denied')),
  ];
  const topology: Topology = {
    ...sampleState(members).topology,
    outsiders: [{ key: nameOf(14), namedBy: [source], why: 'unconfirmed' }],
    refusing: [
      {
        instance: 'db003:3306',
        network: 'mybridge',
        says: plain("Access denied for user 'switchover'@'172.18.0.9' (using password: YES)"),
        errno: 1045,
      },
    ],
    readers: [{ source, account: 'cdc@10.0.0.77', host: '', serverId: 18_444 }],
  };
  return { topology, findings: analyse(topology, policy), running: null, recoveries: [] };
}

/** Every state worth looking at, by name. */
export const samples: Readonly<Record<string, () => ClusterState>> = {
  healthy,
  'master-dead': masterDead,
  'wrong-password': () =>
    sampleState([
      master('db1:3306'),
      replica('db2:3306', 'db1:3306'),
      replica('db3:3306', 'db1:3306', wrongPassword),
    ]),
  lagging: () =>
    sampleState([
      master('db1:3306'),
      replica('db2:3306', 'db1:3306', { Seconds_Behind_Master: 42 }),
      replica('db3:3306', 'db2:3306', { Slave_SQL_Running: 'No', Slave_IO_Running: 'No' }),
    ]),
  'two-masters': twoMasters,
  'co-masters': coMasters,
  thirty,
  unheard,
};

/** A plan in the middle of its run: `done` steps have ended, the next one runs. */
export function runningRecovery(plan: Plan, done: number): Recovery {
  const begun = newRecovery(plan, {
    actor: 'user@laptop (42)',
    trigger: 'user',
    at: sampleNow,
    randomLetters: 'abcdef',
  });
  const ids = begun.steps.map((it) => it.id);
  const ended = ids.slice(0, done).reduce((recovery, id, index) => {
    const at = sampleNow + index * 180;
    const running = withStepStarted(recovery, id, at);
    return withStepEnded(running, id, { state: 'done', at: at + 140, note: null });
  }, begun);
  const next = ids[done];
  return next === undefined ? ended : withStepStarted(ended, next, sampleNow + done * 180);
}
