import { describe, expect, test } from 'vitest';
import { analyse } from '../../src/core/analyse/analyse.ts';
import { decide } from '../../src/core/decide/decide.ts';
import { decideAutomatically } from '../../src/core/decide/decide-automatically.ts';
import type { RejoinContext } from '../../src/core/decide/planning-context.ts';
import { spareGroups } from '../../src/core/decide/spare-groups.ts';
import { withGroups } from '../../src/core/discover/with-groups.ts';
import { clusterMemory } from '../../src/core/engine/observer/memory.ts';
import type { Group } from '../../src/core/model/group.ts';
import { answered } from '../../src/core/model/instance.ts';
import { inEnglish } from '../../src/core/model/phrase.ts';
import type { Decision, Wish } from '../../src/core/model/plan.ts';
import type { Topology } from '../../src/core/model/topology.ts';
import { columnsOf, type Row } from '../../src/dialect/answer.ts';
import { readGroup } from '../../src/dialect/groups.ts';
import { draw } from '../support/builders/drawing.ts';
import { policy } from '../support/builders/world.ts';

const name = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';

interface Standing {
  readonly readOnly?: boolean;
  readonly follows?: boolean;
  readonly variables?: Row;
}

function row(id: string, port: number, state: string, role: string): Row {
  return {
    MEMBER_ID: id,
    MEMBER_HOST: '127.0.0.1',
    MEMBER_PORT: port,
    MEMBER_STATE: state,
    MEMBER_ROLE: role,
  };
}

describe('what a server says of its group', () => {
  const uuid = 'c475c461-eceb-11f1-bd63-02fc00000001';
  const read = (
    rows: readonly Row[] | null,
    status: Row,
    { readOnly = false, follows = false, variables = {} }: Standing = {},
  ): Group | undefined =>
    readGroup(
      columnsOf({ server_uuid: uuid, group_replication_group_name: name, ...variables }, 'x'),
      columnsOf(status, 'x'),
      rows,
      { readOnly, follows },
    );

  // Recorded from MySQL 9.7.4.
  const members = [
    row('c46b61a9-eceb-11f1-89d8-02fc00000001', 25417, 'ONLINE', 'SECONDARY'),
    row(uuid, 20379, 'ONLINE', 'PRIMARY'),
  ];

  test('MySQL: a primary and the names of all members', () => {
    expect(read(members, {})).toEqual({
      kind: 'group-replication',
      name,
      state: 'ONLINE',
      primary: true,
      members: ['127.0.0.1:25417', '127.0.0.1:20379'],
    });
  });

  test('MySQL: a replica that only has the plug-in loaded is none', () => {
    const offline = [row(uuid, 29873, 'OFFLINE', '')];
    expect(read(offline, {}, { follows: true })).toBeUndefined();
    const status = { Gr_last_consensus_end_timestamp: '' };
    expect(read(null, status, { follows: true })).toBeUndefined();
  });

  test('MySQL: one that left its group is a member still', () => {
    expect(read([row(uuid, 29873, 'ERROR', '')], {})).toMatchObject({ primary: false });
    expect(read([row(uuid, 29873, 'OFFLINE', '')], {})).toMatchObject({ primary: false });
  });

  test('MySQL: without the right to see the members it counts as one, by whether it takes writes', () => {
    const status = { Gr_last_consensus_end_timestamp: '2026-11-30 18:28:12.113406' };
    expect(read(null, status)).toMatchObject({ state: null, primary: true });
    expect(read(null, status, { readOnly: true })).toMatchObject({ primary: false });
    expect(read(null, {}, { readOnly: true, follows: true })).toMatchObject({ primary: false });
  });

  test('no plug-in, no group', () => {
    const variables = { group_replication_group_name: '' };
    expect(read(null, {}, { variables })).toBeUndefined();
  });

  // Recorded from MariaDB 10.11.19 with Galera 26.4.23: a group of one, and the same server without.
  test('Galera: a member of the primary component, and a server that only knows the variables', () => {
    const variables = { group_replication_group_name: '', wsrep_cluster_name: 'shop' };
    const status = {
      wsrep_local_state_comment: 'Synced',
      wsrep_incoming_addresses: 'AUTO',
      wsrep_cluster_status: 'Primary',
    };
    const on = { variables: { ...variables, wsrep_on: 'ON' } };
    expect(read(null, status, on)).toEqual({
      kind: 'galera',
      name: 'shop',
      state: 'Synced',
      primary: true,
      members: [],
    });
    expect(read(null, { ...status, wsrep_cluster_status: 'non-Primary' }, on)?.primary).toBe(false);
    expect(
      read(null, { ...status, wsrep_incoming_addresses: '10.0.0.1:3306,10.0.0.2:3307' }, on),
    ).toMatchObject({ members: ['10.0.0.1:3306', '10.0.0.2:3307'] });
    expect(read(null, {}, { variables: { ...variables, wsrep_on: 'OFF' } })).toBeUndefined();
  });
});

/** `roles`: `primary` or `secondary` by instance; a silent one answered so before. */
function grouped(
  drawing: string,
  roles: Readonly<Record<string, 'primary' | 'secondary'>>,
): Topology {
  const drawn = draw(drawing);
  const members = drawn.members.map((it) => {
    const role = roles[it.key.replace(':3306', '')];
    if (role === undefined) return it;
    const group: Group = {
      kind: 'group-replication',
      name,
      state: 'ONLINE',
      primary: role === 'primary',
      members: [],
    };
    const last = it.lastAnswer ?? { at: 0, server: drawn.members.map(answered).find(Boolean) };
    if (last.server === undefined) throw new Error('Nobody answers.');
    const server = { ...last.server, group, serverId: it.key.codePointAt(0) ?? 0 };
    return {
      ...it,
      lastAnswer: { at: 0, server },
      probe: it.probe.kind === 'answered' ? { ...it.probe, server } : it.probe,
    };
  });
  return withGroups({ ...drawn, members }, new Set());
}

function contextOf(topology: Topology): RejoinContext {
  return {
    topology,
    policy: { ...policy, recoverMasterFilters: ['*'] },
    spell: (action) => [action.do],
    proxied: false,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
}

function told(decision: Decision): string {
  return decision.kind === 'act'
    ? decision.plan.kind
    : decision.refusal.because.map(inEnglish).join();
}

const group = { a: 'primary', b: 'secondary', c: 'secondary' } as const;
const healthy = 'a rw\n+ r\nb ro\nc ro';

describe('a group of a, b and c, and r that reads from a', () => {
  test('its members are not outside, and nobody else is called writable', () => {
    const topology = grouped(healthy, group);
    expect(topology.members.map((it) => it.role)).toEqual([
      'master',
      'group-member',
      'group-member',
      'replica',
    ]);
    const codes = analyse(topology, policy).map((it) => it.code);
    expect(codes).toContain('GroupMembers');
    expect(codes).not.toContain('NeedsRejoin');
    const galera = grouped('a rw\n+ r\nb rw\nc rw', { a: 'primary', b: 'primary', c: 'primary' });
    expect(analyse(galera, policy).map((it) => it.code)).not.toContain('TwoWritableMasters');
  });

  test.each<[Exclude<Wish, { readonly kind: 'fix' | 'end-session' }>, RegExp]>([
    [{ kind: 'rejoin', instance: 'b:3306' }, /b:3306 is a member of a group/],
    [{ kind: 'promote', instance: 'r:3306', acceptLoss: true }, /a:3306 is the primary of a group/],
    [{ kind: 'promote', instance: 'b:3306', acceptLoss: true }, /b:3306 is a member of a group/],
  ])('%j is refused', (wish, because) => {
    const topology = grouped(healthy, group);
    const decision = spareGroups(decide(wish, contextOf(topology)), topology, false);
    expect(decision.kind).toBe('hold');
    expect(told(decision)).toMatch(because);
  });

  test('a user is made on the primary alone: the group replicates it', () => {
    const topology = grouped(healthy, group);
    const user = { name: 'u', host: '%', task: 'manage' } as const;
    const wish = { kind: 'create-user', instance: 'a:3306', user, anew: false } as const;
    const decision = spareGroups(decide(wish, contextOf(topology)), topology, false);
    expect(told(decision)).toBe('create-user');
  });

  test('r may be moved below another member', () => {
    const topology = grouped(healthy, group);
    const wish = { kind: 'relocate', instance: 'r:3306', below: 'b:3306' } as const;
    const decision = spareGroups(decide(wish, contextOf(topology)), topology, false);
    expect(told(decision)).not.toMatch(/group/);
  });

  test('a dies and b is elected: b is the master', () => {
    const topology = grouped('a silent\n+ r receiver=connecting io=2003\nb rw\nc ro', {
      ...group,
      b: 'primary',
    });
    expect(topology.master).toBe('b:3306');
    expect(analyse(topology, policy).map((it) => it.code)).not.toContain('DeadMaster');
  });

  test('a dies and only r is seen: it is never promoted by itself, and by a person with a warning', () => {
    const topology = grouped('a silent\n+ r receiver=connecting io=2003', { a: 'primary' });
    const finding = analyse(topology, policy).find((it) => it.code === 'DeadMaster');
    if (finding === undefined) throw new Error('The master is dead.');
    const context = contextOf(topology);
    const circumstances = {
      now: 0,
      lostBy: new Set<string>(),
      disarmed: undefined,
      downtimes: [],
      unacknowledged: undefined,
      storeWritable: true,
      controller: { us: true, holder: 'us' },
    };
    const automatic = decideAutomatically(finding, context, circumstances);
    expect(automatic?.kind).toBe('act');
    const spared = spareGroups(
      automatic ?? { kind: 'hold', refusal: { because: [], instead: [], checks: [] } },
      topology,
      true,
    );
    expect(told(spared)).toMatch(/is not promoted without a person/);
    const wish = { kind: 'promote', instance: 'r:3306', acceptLoss: true } as const;
    const asked = spareGroups(decide(wish, context), topology, false);
    expect(asked.kind === 'act' && asked.plan.checks.at(-1)?.verdict).toBe('warning');
  });

  test('that a was a member is known to a process that only finds it dead', () => {
    const memory = clusterMemory('orders', undefined);
    memory.learn(grouped(healthy, group), true);
    expect(memory.lastMaster()).toBe('a:3306');
    const later = withGroups(draw('a silent\n+ r receiver=connecting'), memory.inGroups());
    expect(later.members.find((it) => it.key === 'a:3306')?.inGroup).toBe(true);
  });
});
