import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import * as parts from '../../src/wiring/engine.ts';
import { splitKey } from '../../src/core/model/instance.ts';
import { FaultProxy } from '../servers/fault-proxy.ts';
import { call, type Ended } from '../support/harness/call-cli.ts';

const labDocument = z.object({
  lab: z.object({ settingsFile: z.string(), instances: z.array(z.object({ key: z.string() })) }),
});
const topologyDocument = z.object({
  clusters: z.array(
    z.object({
      master: z.string(),
      instances: z.array(
        z.object({
          instance: z.string(),
          alive: z.boolean(),
          role: z.string(),
          source: z.string().nullable(),
          readOnly: z.boolean().nullable(),
        }),
      ),
    }),
  ),
});

/** Long enough for any timeout of ours, far too short for one of the operating system's. */
const boundMs = 5_000;

let stateDir: string;
let keys: readonly string[];
/** Everything that any call printed. */
let printed = '';

beforeAll(async () => {
  stateDir = await realpath(await mkdtemp(join(tmpdir(), 'switchover-cli-test-')));
  const { lab } = labDocument.parse(JSON.parse((await on('lab', 'up', '--json')).out));
  keys = lab.instances.map((it) => it.key);
});

afterAll(async () => {
  await on('lab', 'down');
  await rm(stateDir, { recursive: true, force: true });
});

async function on(...words: readonly string[]): Promise<Ended> {
  const ended = await call([...words, '--state', stateDir], { cwd: stateDir, parts });
  printed += ended.out + ended.err;
  return ended;
}

async function cluster() {
  const { clusters } = topologyDocument.parse(JSON.parse((await on('topology', '--json')).out));
  const [only] = clusters;
  if (!only) throw new Error('topology printed no cluster');
  return only;
}

function keyAt(index: number): string {
  const key = keys[index];
  if (key === undefined) throw new Error(`the lab has no instance ${String(index)}`);
  return key;
}

/** A cluster that is reached at `address` with a password that may be wrong. */
async function onAddress(
  address: string,
  more: object,
  ...words: readonly string[]
): Promise<Ended & { tookMs: number }> {
  const { clusters } = z
    .object({ clusters: z.array(z.looseObject({})) })
    .parse(JSON.parse(await readFile(join(stateDir, 'lab', 'switchover.json'), 'utf8')));
  const config = join(stateDir, 'trouble.json');
  const id = `trouble-${address.replaceAll(/\W/g, '-')}`;
  await writeFile(
    config,
    JSON.stringify({ clusters: [{ ...clusters[0], id, seeds: [address], ...more }] }),
  );
  const startedAt = performance.now();
  const ended = await on(...words, '--config', config);
  return { ...ended, tookMs: performance.now() - startedAt };
}

test('from any one of its instances the whole cluster is found', async () => {
  const found = await Promise.all(keys.map((it) => onAddress(it, {}, 'topology', '--json')));
  for (const { code, out } of found) {
    expect(code).toBe(0);
    const { clusters } = topologyDocument.parse(JSON.parse(out));
    expect(clusters[0]?.instances.map((it) => it.instance)).toEqual(keys.toSorted());
  }
});

test('see, promote, lose the master, promote again, bring the old master back', async () => {
  const lab = parts.createLab(stateDir);
  expect(await on('problems')).toMatchObject({ code: 0, out: 'No problem was found.\n' });
  expect((await cluster()).master).toBe(keyAt(0));

  expect((await on('promote', 'lab', keyAt(1), '--dry-run')).code).toBe(0);
  expect((await cluster()).master).toBe(keyAt(0));
  const switched = await on('promote', keyAt(1));
  expect(switched).toMatchObject({ code: 0, err: '' });
  expect(switched.out).toMatch(/Writes stopped for \d+ ms\./);
  console.log(/Writes stopped.*/.exec(switched.out)?.[0]);
  expect(await cluster()).toMatchObject({ master: keyAt(1) });

  await lab.stop(keyAt(1), 'kill');
  expect(await on('problems')).toMatchObject({ code: 3 });
  expect((await cluster()).instances).toContainEqual(
    expect.objectContaining({ instance: keyAt(1), role: 'master', alive: false }),
  );
  expect(await on('promote', keyAt(2))).toMatchObject({ code: 0 });

  await lab.start(keyAt(1));
  expect((await on('rejoin', keyAt(1))).code).toBe(0);
  const { master, instances } = await cluster();
  expect(master).toBe(keyAt(2));
  const rest = instances.filter((it) => it.instance !== master);
  expect(rest.map((it) => [it.source, it.readOnly])).toEqual([
    [master, true],
    [master, true],
  ]);
});

// Known defect of discovery: a silent instance that this process never saw answering counts as detached, and no
// problem tells of it. The test turns red when it is cured; then `.fails` goes.
test('a replica that died before anybody looked is a problem', async () => {
  const lab = parts.createLab(stateDir);
  await lab.stop(keyAt(0), 'kill');
  const { code, out } = await on('problems');
  await lab.start(keyAt(0));
  expect(code).toBe(3);
  expect(out).toContain(`ReplicaUnreachable: ${keyAt(0)}`);
});

test('what was done is in the journal until somebody acknowledges it', async () => {
  const recoveries = z.object({
    recoveries: z.array(z.object({ id: z.string(), kind: z.string(), state: z.string() })),
  });
  const kept = recoveries.parse(JSON.parse((await on('recoveries', '--json')).out)).recoveries;
  expect(kept.map((it) => [it.kind, it.state])).toEqual([
    ['rejoin', 'succeeded'],
    ['failover', 'succeeded'],
    ['switchover', 'succeeded'],
  ]);
  expect((await on('acknowledge', kept[0]?.id ?? '', '--comment', 'seen')).out).toBe(
    '1 recovery is acknowledged now.\n',
  );
  expect((await on('acknowledge', '--all')).out).toBe('2 recoveries are acknowledged now.\n');
  expect(await on('acknowledge', 'no-such-id')).toMatchObject({
    code: 2,
    err: 'error: No recovery has the ID "no-such-id".\n',
  });
});

test('a host that does not resolve is one sentence and exit code 4', async () => {
  const { code, err } = await onAddress('no-such-host.invalid', {}, 'topology');
  expect([code, err]).toEqual([
    4,
    'error: no-such-host.invalid:3306 cannot be found: its host name does not resolve.\n',
  ]);
});

test('a wrong password is one sentence and exit code 4', async () => {
  const passwordFile = join(stateDir, 'wrong.password');
  await writeFile(passwordFile, 'surely-not-this-one', { mode: 0o600 });
  const { code, err } = await onAddress(keyAt(0), { passwordFile }, 'problems');
  expect(code).toBe(4);
  expect(err).toMatch(/^(error: 127\.0\.0\.1:\d+ refuses our user: Access denied .*\n)+$/);
});

test('a server without TLS that should have it is one sentence and exit code 4', async () => {
  const { code, err, tookMs } = await onAddress(keyAt(0), { tls: {} }, 'topology');
  expect(code).toBe(4);
  expect(err).toMatch(/^(error: 127\.0\.0\.1:\d+ and the tls setting do not agree: .*\n)+$/);
  expect(tookMs).toBeLessThan(boundMs);
});

test.each(['hang', 'reset', 'refuse', 'cut'] as const)(
  'a server that answers with %s is one sentence and exit code 4, within our own timeout',
  async (mode) => {
    const proxy = await FaultProxy.before(splitKey(keyAt(0)).port);
    try {
      await proxy.turn(mode);
      const { code, err, tookMs } = await onAddress(proxy.address, {}, 'topology');
      expect(code).toBe(4);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(tookMs).toBeLessThan(boundMs);
    } finally {
      await proxy.close();
    }
  },
);

test('no password was printed by any of these calls', async () => {
  const files = ['monitor', 'replication', 'root'].map((it) =>
    join(stateDir, 'lab', `${it}.password`),
  );
  const passwords = await Promise.all(files.map(async (it) => (await readFile(it, 'utf8')).trim()));
  for (const password of [...passwords, 'surely-not-this-one']) {
    expect(password.length).toBeGreaterThan(8);
    expect(printed.includes(password)).toBe(false);
  }
  expect(printed).toContain("MASTER_PASSWORD = '***'");
});
