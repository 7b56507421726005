import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import { SshHome } from '../support/harness/ssh-home.ts';
import { launchBrowser } from './browser.ts';
import { startCodeServer, type CodeServer } from './code-server.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const limitMs = 60_000;
const out = resolve(import.meta.dirname, '../../out');
const pictures = resolve(out, 'ssh');
let home: SshHome;
let cluster: TestCluster | undefined;
let server: CodeServer | undefined;
let browser: Browser | undefined;
let workbench: Workbench;

beforeAll(async () => {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  mkdirSync(pictures, { recursive: true });
  home = await SshHome.make();
  await home.begin();
  await home.write('known_hosts', '');
  cluster = await startCluster({ server: 'mariadb', replicas: 1 });
  const passwordFile = join(home.folder, 'password');
  await writeFile(passwordFile, `${testUsers.monitor.password}\n`, { mode: 0o600 });
  const orders = {
    id: 'orders',
    seeds: [cluster.master.key],
    user: testUsers.monitor.user,
    passwordFile,
    environment: 'lab',
    ssh: home.settings({ key: join(home.keys, 'locked') }),
  };
  server = await startCodeServer({
    vsix: [resolve(out, vsix)],
    settings: { 'switchover.clusters': [orders], 'switchover.language': 'en' },
    // Set to nothing, it names no agent.
    environment: { HOME: home.folder, SSH_AUTH_SOCK: '' },
  });
  browser = await launchBrowser();
  workbench = await openWorkbench(server, browser);
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture('failed');
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await cluster?.stop();
  await home?.end();
  await home?.remove();
});

async function picture(name: string): Promise<void> {
  await workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** As `ssh` shows it: what a person compares. */
async function fingerprint(): Promise<string> {
  const file = join(home.sshd.folder, 'host_ed25519.pub');
  const { stdout } = await promisify(execFile)('ssh-keygen', ['-l', '-f', file]);
  return stdout.split(' ')[1] ?? '';
}

function knownHosts(): string {
  return readFileSync(home.file('known_hosts'), 'utf8');
}

async function asked(question: string): Promise<Locator> {
  const message = workbench.notification(question).first();
  await message.waitFor({ timeout: limitMs });
  return message;
}

/** Shown in the panel without a click; returns the whole sentence. */
async function panelSays(text: string): Promise<string> {
  const seen = workbench.webview().getByText(text).first();
  await seen.waitFor({ timeout: limitMs });
  return seen.innerText();
}

async function tellPassphrase(question: string, passphrase: string): Promise<void> {
  const message = await asked(question);
  await message.getByRole('button', { name: 'Enter Passphrase…' }).click();
  await workbench.answer(passphrase);
}

test('an unknown SSH host is shown with its fingerprint, and nothing is sent until a person trusts it', async () => {
  await workbench.openView('Switchover');
  const message = await asked('is not known. It shows the key');
  await message.filter({ hasText: await fingerprint() }).waitFor({ timeout: limitMs });
  await picture('1-unknown');
  await message.hover();
  await message.locator('.codicon-notifications-clear').click();
  await workbench.command('Switchover: Open Topology');
  await panelSays('The SSH host 127.0.0.1 is not known');
  await picture('2-declined');
  expect(knownHosts()).toBe('');
});

test('a trusted host is remembered, and its key is opened by the passphrase, at the second attempt', async () => {
  await workbench.command('Developer: Reload Window');
  await workbench.page.waitForLoadState('domcontentloaded');
  const message = await asked('is not known. It shows the key');
  await message.getByRole('button', { name: 'Trust and Connect' }).click();
  await tellPassphrase('needs its passphrase', 'a wrong one');
  // By default Debian's `ssh` writes the host so that nobody can read which one it is.
  const [, ...key] = (await home.sshd.knownAs('127.0.0.1')).trim().split(' ');
  expect(knownHosts()).toContain(key.join(' '));
  await asked('does not open the SSH key');
  await picture('3-wrong-passphrase');
  await tellPassphrase('does not open the SSH key', home.passphrase);
  const status = workbench.statusItem('switchover.switchover.status');
  await status.filter({ hasText: cluster?.master.key ?? '' }).waitFor({ timeout: limitMs });
  await workbench.command('Switchover: Open Topology');
  await workbench.webview().locator('instance-card').nth(1).waitFor({ timeout: limitMs });
  await picture('4-reached');
});

test('a host whose key has changed is refused, with what to do', async () => {
  await home.sshd.kill();
  await home.sshd.newHostKeys();
  await home.sshd.start();
  const shown = await panelSays('THE KEY OF THE SSH HOST 127.0.0.1 HAS CHANGED');
  await picture('5-changed');
  expect(shown).toContain(await fingerprint());
  expect(shown).toContain(home.file('known_hosts'));
  expect(shown).toContain('remove that line and connect again');
  expect(await workbench.notification('Trust and Connect').count()).toBe(0);
});
