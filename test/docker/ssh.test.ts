import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDocker } from '../../src/adapters/docker/open-docker.ts';
import { createEngine, type Engine } from '../../src/wiring/engine.ts';
import { readSettings } from '../../src/config/settings.ts';
import { Sshd } from '../servers/sshd.ts';
import { SshHome } from '../support/harness/ssh-home.ts';
import { makeSandbox, publishedPort, sqlIn, type Sandbox } from './containers.ts';

// The real daemon of this machine, through a real SSH server.
let home: SshHome;

beforeAll(async () => {
  home = await SshHome.make();
  await home.begin();
  await home.config(`IdentityFile ${join(home.keys, 'open')}`);
});
afterAll(async () => {
  await home?.end();
  await home?.remove();
});

test.each([
  { way: 'its socket', options: [] },
  {
    way: 'the docker command, where the socket is forbidden',
    options: ['AllowStreamLocalForwarding no'],
  },
])('Docker behind an SSH host is asked through $way', async ({ options }) => {
  const sshd = await Sshd.start({ letsIn: [join(home.keys, 'open.pub')], options });
  try {
    await home.write('known_hosts', await sshd.knownAs('127.0.0.1'));
    const bastions = home.bastions();
    const opened = await openDocker({
      setting: `ssh://${sshd.user}@127.0.0.1:${String(sshd.port)}`,
      ssh: (host) => bastions.docker(host),
    });
    if (opened.kind === 'closed') {
      throw new Error(opened.problem.text);
    }
    expect(Array.isArray(await opened.docker.listContainers({ all: true }))).toBe(true);
  } finally {
    await sshd.end();
  }
});

// A host that only `~/.ssh/config` knows: whatever answers was reached through SSH.
test.each([
  { settings: { docker: { host: 'ssh://far' } } },
  { settings: { ssh: { host: 'far' }, docker: {} } },
])('containers behind an SSH host are a cluster: $settings', async (it) => {
  const sandbox = await makeSandbox();
  const sshd = await Sshd.start({ letsIn: [join(home.keys, 'open.pub')] });
  const stateDir = mkdtempSync(join(tmpdir(), 'switchover-far-'));
  const realHome = process.env['HOME'];
  let engine: Engine | undefined;
  try {
    await home.write('known_hosts', await sshd.knownAs('127.0.0.1'));
    const key = `IdentityFile ${join(home.keys, 'open')}`;
    await home.config('Host far', 'HostName 127.0.0.1', `Port ${String(sshd.port)}`, key);
    const [published, hidden] = await twoServers(sandbox);
    process.env['HOME'] = home.folder;
    const seeds = [`${hidden}:3306`];
    const raw = {
      clusters: [{ id: 'orders', seeds, user: 'root', environment: 'lab', ...it.settings }],
    };
    const { settings, problems } = readSettings(raw);
    expect(problems).toEqual([]);
    const passwords = () => Promise.resolve(sandbox.rootPassword);
    engine = createEngine({ settings, passwords, stateDir, log: () => undefined });
    const state = await engine.clusters.get('orders')?.refresh(AbortSignal.timeout(20_000));
    const members = state?.topology.members ?? [];
    expect(members.map((one) => [one.key, one.role])).toEqual([
      [`${published}:3306`, 'master'],
      [`${hidden}:3306`, 'replica'],
    ]);
    const [first, second] = members;
    expect(first?.address).toBe(`127.0.0.1:${String(await publishedPort(published))}`);
    expect(second?.address).toMatch(/^172\.[\d.]+:3306$/);
    expect(members.map((one) => one.probe.kind)).toEqual(['answered', 'answered']);
    expect(state?.containers?.get(`${hidden}:3306`)?.state).toBe('running');
  } finally {
    process.env['HOME'] = realHome;
    engine?.close();
    rmSync(stateDir, { recursive: true, force: true });
    await sshd.end();
    await sandbox.remove();
  }
});

/** The master, published on loopback, and a replica that is not published. */
async function twoServers(sandbox: Sandbox): Promise<readonly [string, string]> {
  const [published, hidden] = [`${sandbox.prefix}-db001`, `${sandbox.prefix}-db002`];
  await Promise.all([
    sandbox.runServer(published, { words: ['--publish', '127.0.0.1::3306'] }),
    sandbox.runServer(hidden),
  ]);
  await sqlIn(
    published,
    "CREATE USER repl@'%' IDENTIFIED BY 'repl'; GRANT REPLICATION SLAVE ON *.* TO repl@'%'",
  );
  await sqlIn(
    hidden,
    `CHANGE MASTER TO MASTER_HOST='${published}', MASTER_USER='repl', MASTER_PASSWORD='repl', MASTER_USE_GTID=slave_pos; START SLAVE`,
  );
  return [published, hidden];
}
