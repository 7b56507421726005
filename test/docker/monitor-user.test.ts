import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccess, type Access } from '../../src/wiring/engine.ts';
import { createContainers } from '../../src/wiring/containers.ts';
import { clusterSchema } from '../../src/config/cluster-schema.ts';
import { suggestContainers } from '../../src/config/container-suggestions.ts';
import { readSettings } from '../../src/config/settings.ts';
import { hostPatternsFor } from '../../src/core/model/host-pattern.ts';
import { inEnglish } from '../../src/core/model/phrase.ts';
import { memberOf } from '../../src/core/model/topology.ts';
import { makeSandbox, sqlIn, type Sandbox } from './containers.ts';

// The tutorial's trap: the monitor user is made on the master, and one replica never gets it, for its replication user is
// turned away. It must have the user all the same, and may not have a transaction of its own by that.
let sandbox: Sandbox;
let names: readonly string[] = [];
const accesses: Access[] = [];
const newPassword = 'orc_client_password-1A';

beforeAll(async () => {
  sandbox = await makeSandbox();
  names = ['db001', 'db002', 'db003'].map((it) => `${sandbox.prefix}-${it}`);
  await Promise.all(names.map((it) => sandbox.runServer(it)));
  const [master = '', replica = '', wrong = ''] = names;
  await sqlIn(
    master,
    "CREATE USER repl@'%' IDENTIFIED BY 'repl'; GRANT REPLICATION SLAVE ON *.* TO repl@'%'",
  );
  await follow(replica, master, 'repl');
  await follow(wrong, master, 'misspelt');
});

afterAll(async () => {
  accesses.forEach((it) => {
    it.close();
  });
  await sandbox?.remove();
});

async function follow(name: string, source: string, password: string): Promise<void> {
  const at = `MASTER_HOST='${source}', MASTER_PORT=3306, MASTER_USER='repl', MASTER_PASSWORD='${password}'`;
  const how = 'MASTER_CONNECT_RETRY=1, MASTER_USE_GTID=slave_pos';
  await sqlIn(name, `STOP SLAVE; CHANGE MASTER TO ${at}, ${how}; START SLAVE`);
}

/** As who picked that container among those that run would go on. */
async function openAs(user: string, password: string): Promise<Access> {
  const finder = createContainers(() => undefined);
  await finder.looked(10_000);
  const offered = suggestContainers(finder.containers).filter((it) => names.includes(it.label));
  finder.close();
  expect(offered.map((it) => it.label)).toEqual(names);
  const [first] = offered;
  const { settings } = readSettings({});
  const access = createAccess({
    settings,
    cluster: clusterSchema.parse({
      id: 'shop',
      seeds: [first?.seed],
      docker: { network: first?.network },
      user,
      environment: 'lab',
    }),
    login: { user, password },
    newPassword,
    stateDir: mkdtempSync(join(tmpdir(), 'switchover-access-')),
    log: () => undefined,
  });
  accesses.push(access);
  return access;
}

/** The client's own trap: the user never reached the replica, of which no server tells. */
async function trapped(): Promise<void> {
  const [, , wrong = ''] = names;
  const key = `${wrong}:3306`;
  const signal = AbortSignal.timeout(60_000);
  await sqlIn(wrong, "SET sql_log_bin = 0; DROP USER orc_client_user@'172.%'");
  const own = await openAs('orc_client_user', newPassword);
  const { topology, findings } = await own.backend.refresh(signal);
  expect(topology.members.map((it) => it.key)).not.toContain(key);
  const says = `${key} on ${sandbox.network} refuses orc_client_user (1045). A replica that does not replicate would.`;
  expect(findings.find((it) => it.code === 'NeighbourRefusesUser')?.says).toBe(says);
  const { items } = await own.backend.checkUp(signal);
  expect(items.map((it) => inEnglish(it.says))).toContain(says);

  const admin = await openAs('root', sandbox.rootPassword);
  const user = { name: 'orc_client_user', host: '172.%', task: 'manage' } as const;
  const wish = { kind: 'create-user', instance: key, user, anew: false } as const;
  const decision = await admin.backend.plan(wish, signal);
  if (decision.kind === 'hold') throw new Error(decision.refusal.because.map(inEnglish).join(' '));
  const result = await admin.backend.run(decision.plan, signal);
  expect(result.kind === 'ran' && result.recovery.state).toBe('succeeded');
  const seen = await (await openAs('orc_client_user', newPassword)).backend.refresh(signal);
  expect(seen.topology.refusing).toBeUndefined();
  const about = seen.findings.filter((it) => it.instance === key).map((it) => it.code);
  expect(about).toContain('ReplicationCredentialsWrong');
}

test('from a picked container to a monitor user on all three, and no transaction of its own anywhere', async () => {
  const [master = '', , wrong = ''] = names;
  const signal = AbortSignal.timeout(60_000);
  const access = await openAs('root', sandbox.rootPassword);
  const { topology } = await access.backend.refresh(signal);
  expect(topology.members.map((it) => it.key)).toEqual(names.map((it) => `${it}:3306`));
  const address = memberOf(topology, topology.master)?.address ?? '';
  const [host = ''] = hostPatternsFor(await access.hostsSeenBy(address, 'manage', signal));
  expect(host).toBe('172.%');
  const user = { name: 'orc_client_user', host, task: 'manage' } as const;
  const wish = { kind: 'create-user', instance: `${master}:3306`, user, anew: false } as const;
  const decision = await access.backend.plan(wish, signal);
  if (decision.kind === 'hold') throw new Error(decision.refusal.because.map(inEnglish).join(' '));
  const result = await access.backend.run(decision.plan, signal);
  if (result.kind !== 'ran') throw new Error(result.because.map(inEnglish).join(' '));
  expect(result.recovery.problems.map(inEnglish)).toEqual([]);
  expect(result.recovery.state).toBe('succeeded');
  const written =
    "SELECT @@gtid_binlog_state, (SELECT COUNT(*) FROM mysql.user WHERE User = 'orc_client_user')";
  expect(await sqlIn(wrong, written)).toMatch(/^\s*1$/);

  const seen = await (await openAs(user.name, newPassword)).backend.refresh(signal);
  expect(seen.topology.members.map((it) => it.probe.kind)).toEqual([
    'answered',
    'answered',
    'answered',
  ]);
  await trapped();
  // With the right password it replicates what the master wrote, the statements of the user too.
  await follow(wrong, master, 'repl');
  await sqlIn(master, 'CREATE DATABASE arrived');
  await expect
    .poll(() => sqlIn(wrong, "SHOW DATABASES LIKE 'arrived'"), { timeout: 20_000 })
    .toBe('arrived');
});
