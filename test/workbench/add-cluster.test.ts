import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import { launchBrowser } from './browser.ts';
import { startCodeServer, type CodeServer } from './code-server.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const limitMs = 60_000;
const out = resolve(import.meta.dirname, '../../out');
const pictures = resolve(out, 'add-cluster');
const home = mkdtempSync(join(tmpdir(), 'switchover-home-'));
let cluster: TestCluster | undefined;
let server: CodeServer | undefined;
let browser: Browser | undefined;
let workbench: Workbench;

beforeAll(async () => {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  mkdirSync(pictures, { recursive: true });
  cluster = await startCluster({ server: 'mariadb' });
  server = await startCodeServer({
    vsix: [resolve(out, vsix)],
    settings: { 'switchover.clusters': [], 'switchover.language': 'en' },
    environment: { HOME: home },
  });
  layOutFiles(server, cluster);
  browser = await launchBrowser();
  workbench = await openWorkbench(server, browser, { height: 900 });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await cluster?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** A compose file in the folder that is open, and the option file of whoever works there. */
function layOutFiles({ workspace }: CodeServer, { master }: TestCluster): void {
  const [host = '', port = ''] = master.key.split(':');
  const { monitor, root } = testUsers;
  writeFileSync(
    join(workspace, 'compose.yml'),
    `services:
  shop-db:
    image: mariadb:10.11
    ports: ['${master.key}:3306']
    environment:
      MARIADB_ROOT_PASSWORD: ${root.password}
`,
  );
  const options = ['[client]', `host=${host}`, `port=${port}`, `user=${monitor.user}`];
  const text = [...options, `password="${monitor.password}"`, ''].join('\n');
  writeFileSync(join(home, '.my.cnf'), text, { mode: 0o600 });
}

/** Answers the box with this question; the one before may have looked the same. */
async function answer(question: string, text: string): Promise<void> {
  const widget = workbench.page.locator('.quick-input-widget').filter({ hasText: question });
  const input = widget.locator('input.input');
  await input.waitFor({ timeout: limitMs });
  await input.fill(text);
  await workbench.page.keyboard.press('Enter');
  await widget.waitFor({ state: 'hidden', timeout: limitMs });
}

async function choose(label: string, picture?: string): Promise<void> {
  const row = workbench.quickPick(label);
  await row.waitFor({ timeout: limitMs });
  if (picture !== undefined) await shoot(picture);
  await row.click();
}

async function shoot(name: string): Promise<void> {
  await workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
}

function settings(): string {
  return readFileSync(join(server?.folder ?? '', 'user/User/settings.json'), 'utf8');
}

test('from nothing to a drawn cluster: one address, a user that is made on the way, and all three are there', async () => {
  if (cluster === undefined) throw new Error('Not started.');
  const { root } = testUsers;
  await workbench.openView('Switchover');
  const welcome = workbench.page.locator('.part.sidebar .welcome-view-content .monaco-button');
  await welcome.filter({ hasText: 'Add Cluster' }).click({ timeout: limitMs });
  const beganAt = Date.now();
  await choose('Type host and port', '1-where');
  await answer('Host and port of one instance', cluster.master.key);
  await answer('User that looks at the servers', 'newcomer');
  await answer('Password of newcomer', 'not-known-anywhere');
  await workbench.quickPick('not reached · 1045').waitFor({ timeout: limitMs });
  await choose('Create Monitor User', '2-denied');
  await choose('Look and act');
  await answer('Name of the user', 'newcomer');
  await answer('An administrator who may create users', root.user);
  await answer('Password of root', root.password);
  await choose("'127.0.0.1'", '3-host');
  await choose('Generate one');
  const dialog = workbench.dialog("Create 'newcomer'@'127.0.0.1'");
  await dialog.waitFor({ timeout: limitMs });
  await dialog.getByText("CREATE USER IF NOT EXISTS 'newcomer'@'127.0.0.1'").waitFor();
  await shoot('4-statements');
  await dialog.getByRole('button', { name: 'Run as root' }).click();
  // Ports of this machine are no members unasked: a tunnel may lead to others than it seems.
  await choose('All 2');
  await workbench.quickPick('Add this cluster').waitFor({ timeout: limitMs });
  const found = workbench.page.locator('.quick-input-list .monaco-list-row .codicon-pass');
  await found.nth(2).waitFor({ timeout: limitMs });
  await choose('Add this cluster', '5-found');
  await answer('Name of the cluster', 'orders');
  await choose('lab');
  await workbench.webview().locator('instance-card').nth(2).waitFor({ timeout: limitMs });
  console.log(`From nothing to a drawn cluster: ${String(Date.now() - beganAt)} ms`);
  await shoot('6-drawn');
  expect(settings()).toContain('"orders"');
  expect(settings()).not.toMatch(/password/i);
  for (const member of cluster.members) {
    const count = "SELECT COUNT(*) FROM mysql.user WHERE User = 'newcomer'";
    expect(await member.value(count)).toBe('1');
  }
});

test('the statements can be copied for whoever runs them', async () => {
  const { root } = testUsers;
  await workbench.command('Switchover: Create Replication User...');
  await answer('Name of the user', 'feeder');
  await answer('An administrator who may create users', root.user);
  await answer('Password of root', root.password);
  await choose("'%'");
  await choose('Generate one');
  const dialog = workbench.dialog("Create 'feeder'@'%'");
  await dialog.getByRole('button', { name: 'Copy Statements' }).click({ timeout: limitMs });
  await workbench.notification('Copied, with <password>').waitFor({ timeout: limitMs });
  const copied = String(await workbench.page.evaluate('navigator.clipboard.readText()'));
  expect(copied).toContain("CREATE USER IF NOT EXISTS 'feeder'@'%' IDENTIFIED BY '<password>';");
  expect(copied).toContain("GRANT REPLICATION SLAVE ON *.* TO 'feeder'@'%';");
});

test.each([
  ['a compose file', 'shop-db', 'shop', testUsers.root],
  ['an option file', '.my.cnf', 'client', testUsers.monitor],
])(
  '%s offers the cluster, its user and its password at a click',
  async (_file, label, id, login) => {
    await workbench.command('Switchover: Add Cluster...');
    await choose(label, `places-${id}`);
    const user = workbench.page
      .locator('.quick-input-widget')
      .filter({ hasText: 'User that looks' });
    await user.locator('input.input').waitFor({ timeout: limitMs });
    expect(await user.locator('input.input').inputValue()).toBe(login.user);
    await workbench.page.keyboard.press('Enter');
    await choose('Use the password that stands there', `password-${id}`);
    await choose('All 2');
    await choose('Add this cluster', `found-${id}`);
    await answer('Name of the cluster', id);
    await choose('lab');
    await workbench.editorTab(id).waitFor({ timeout: limitMs });
    await workbench.webview().locator('instance-card').nth(2).waitFor({ timeout: limitMs });
    expect(settings()).toContain(`"id": "${id}"`);
    expect(settings()).not.toContain(login.password);
  },
);
