import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { TestMember } from '../servers/test-member.ts';
import { formGroup, groupOptions } from '../support/harness/group.ts';
import { buildProgram, type Monitor, type Program } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';

// A group of three with a replica that reads from its primary: the group elects its own primary, and must not get a
// second one from us.
let program: Program;
let watched: WatchedCluster;
let monitor: Monitor;
let members: readonly TestMember[] = [];
let replica: TestMember;

const topologySchema = z.object({
  clusters: z.tuple([
    z.object({
      master: z.string().nullable(),
      instances: z.array(z.object({ instance: z.string(), role: z.string() })),
    }),
  ]),
});

beforeAll(async () => {
  program = await buildProgram();
  watched = await WatchedCluster.raise({
    server: 'mysql97',
    program,
    replicas: 3,
    options: groupOptions,
    clusterSettings: (cluster) => ({ seeds: cluster.members.map((it) => it.key) }),
  });
  const [a, b, c, r] = watched.cluster.members;
  if (a === undefined || b === undefined || c === undefined || r === undefined) {
    throw new Error('Four servers were asked for.');
  }
  members = [a, b, c];
  replica = r;
  await formGroup(members);
  monitor = await watched.startMonitor();
}, 120_000);

afterAll(async () => {
  await watched?.end();
  await program?.remove();
});

async function seen(): Promise<{ readonly master: string | null; readonly roles: unknown }> {
  const { stdout } = await watched.command('topology', 'orders', '--json');
  const [{ master, instances }] = topologySchema.parse(JSON.parse(stdout)).clusters;
  return { master, roles: Object.fromEntries(instances.map((it) => [it.instance, it.role])) };
}

test('members are shown as what they are, and no plan touches them', async () => {
  const [a, b, c] = members.map((it) => it.key);
  expect(await seen()).toEqual({
    master: a,
    roles: {
      [a ?? '']: 'master',
      [b ?? '']: 'group-member',
      [c ?? '']: 'group-member',
      [replica.key]: 'replica',
    },
  });
  const [rejoin, promote, doctor] = await Promise.all([
    watched.command('rejoin', 'orders', b ?? ''),
    watched.command('promote', 'orders', replica.key),
    watched.command('doctor', 'orders'),
  ]);
  expect(rejoin).toMatchObject({ code: 3, text: expect.stringContaining('a member of a group') });
  expect(promote).toMatchObject({
    code: 3,
    text: expect.stringContaining('the primary of a group'),
  });
  expect(doctor.text).toContain('GroupMember');
});

test('its primary dies: the group elects another, applications are led there, and the replica stays closed', async () => {
  const [a, ...others] = members;
  await a?.kill9();
  let elected = '';
  await until(
    'the group elected another',
    async () => {
      for (const it of others) {
        if ((await it.value('SELECT @@GLOBAL.super_read_only')) === '0') elected = it.key;
      }
      return elected !== '';
    },
    30_000,
  );
  await until('it is led to', () => monitor.target() === elected, 30_000);
  expect((await seen()).master).toBe(elected);
  expect(monitor.recoveries()).toEqual([]);
  expect(await replica.value('SELECT @@GLOBAL.super_read_only')).toBe('1');
});
