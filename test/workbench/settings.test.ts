import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { globalStorageOf, startCodeServer, type CodeServer } from './code-server.ts';
import { openWorkbench } from './workbench.ts';

const out = resolve(import.meta.dirname, '../../out');
const servers: CodeServer[] = [];
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  for (const it of servers) {
    await endLabOf(it);
    await it.stop();
  }
});

/** The servers of a lab outlive the workbench: a test that failed half-way must not leave them. */
async function endLabOf({ folder }: CodeServer): Promise<void> {
  const cli = resolve(import.meta.dirname, '../../dist/cli.js');
  const state = globalStorageOf(folder, 'switchover.switchover');
  await promisify(execFile)(process.execPath, [cli, 'lab', 'down', '--state', state]);
}

function userSettings(): string {
  const folder = servers.at(-1)?.folder ?? '';
  return readFileSync(join(folder, 'user/User/settings.json'), 'utf8');
}

async function workbenchWith(clusters: readonly unknown[]) {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  if (browser === undefined) throw new Error('Not started.');
  const server = await startCodeServer({
    vsix: [resolve(out, vsix)],
    settings: { 'switchover.clusters': clusters },
  });
  servers.push(server);
  return openWorkbench(server, browser);
}

test('a wrong setting is named in a message with a way to it, and the other clusters go on', async () => {
  const workbench = await workbenchWith([
    { id: 'orders', seeds: ['127.0.0.1:99999'], user: 'orc_client_user' },
    { id: 'billing', seeds: ['127.0.0.1:1'], user: 'orc_client_user', environment: 'lab' },
  ]);
  const message = workbench.notification('clusters[0].seeds[0]');
  await message.waitFor({ timeout: 60_000 });
  await workbench.openView('Switchover');
  await workbench.treeRow('billing').waitFor({ timeout: 30_000 });
  // It was never right: nothing of it can stay in force, and it stays red until it is.
  await workbench.treeRow('orders').filter({ hasText: 'seeds[0]' }).waitFor();
  const status = workbench.statusItem('switchover.switchover.status');
  await status.filter({ hasText: 'billing: unreachable' }).waitFor({ timeout: 30_000 });
  await message.getByRole('button', { name: 'Open Line' }).click();
  await workbench.editorTab(/settings\.json/).waitFor({ timeout: 30_000 });
  expect(await workbench.treeRow('orders').count()).toBe(1);
});

test('without a cluster the view says what to do, makes a lab at a click, and removes it again', async () => {
  const workbench = await workbenchWith([]);
  await workbench.openView('Switchover');
  const welcome = workbench.page.locator('.part.sidebar .welcome-view-content .monaco-button');
  const create = welcome.filter({ hasText: 'Create Lab Cluster' });
  await create.waitFor({ timeout: 60_000 });
  const status = workbench.statusItem('switchover.switchover.status');
  expect(await status.count()).toBe(0);

  await create.click();
  // Asked only where both ways are open.
  const kind = workbench.quickPick('Processes');
  const begun = workbench.notification('Creating the lab cluster');
  await kind.or(begun).first().waitFor({ timeout: 30_000 });
  if (await kind.isVisible()) await kind.click();
  await status.filter({ hasText: /lab: (127\.0\.0\.1:\d+|db001)/ }).waitFor({ timeout: 90_000 });
  await workbench.webview().locator('instance-card').nth(2).waitFor({ timeout: 30_000 });
  expect(userSettings()).toMatch(/"passwordFile"/);
  expect(userSettings()).not.toMatch(/"password"/);

  await workbench.command('Switchover: Remove Lab Cluster');
  const dialog = workbench.dialog('Remove the lab cluster?');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await create.waitFor({ timeout: 60_000 });
  await status.waitFor({ state: 'detached', timeout: 30_000 });
  expect(userSettings()).not.toMatch(/"lab"/);
});
