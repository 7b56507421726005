import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../src/adapters/lab/free-ports.ts';
import { startClient, type BenchClient } from '../bench/client.ts';
import { raiseDemoLab, type DemoLab } from '../demo/demo-lab.ts';
import { prepareForWriters, writtenIds } from '../servers/writers.ts';
import { until } from '../support/harness/until.ts';
import { launchBrowser } from './browser.ts';
import {
  globalStorageOf,
  newWorkbenchFolder,
  startCodeServer,
  type CodeServer,
} from './code-server.ts';
import { crashBetweenRows, losesItsMaster } from './crash-between-rows.ts';
import { openWorkbench, type Workbench } from './workbench.ts';
import { changeCluster, changeSettings } from './write-settings.ts';

const limitMs = 60_000;
const out = resolve(import.meta.dirname, '../../out');
const pictures = resolve(out, 'closed-window');
const folder = newWorkbenchFolder();
const state = globalStorageOf(folder, 'switchover.switchover');
const statusId = 'switchover.switchover.status';
const stage: Partial<Stage> = {};

interface Stage {
  readonly lab: DemoLab;
  readonly server: CodeServer;
  readonly browser: Browser;
  /** An application that writes through the proxy all the time. */
  readonly client: BenchClient;
}

beforeAll(async () => {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  mkdirSync(pictures, { recursive: true });
  const lab = await raiseDemoLab(state);
  Object.assign(stage, { lab });
  const [first = ''] = lab.keys;
  await prepareForWriters(lab.server(first));
  const [port = 0] = await freePorts(1);
  const proxy = `127.0.0.1:${String(port)}`;
  const [cluster] = lab.clusters;
  const server = await startCodeServer({
    folder,
    vsix: [resolve(out, vsix)],
    settings: {
      'switchover.clusters': [
        { ...Object(cluster), proxies: [{ kind: 'embedded', writer: proxy }] },
      ],
      'switchover.recoverMasterClusterFilters': ['*'],
      'switchover.language': 'en',
    },
  });
  Object.assign(stage, { server });
  const browser = await launchBrowser();
  Object.assign(stage, { browser, client: startClient({ address: proxy, everyMs: 5 }) });
});

afterAll(async () => {
  await stage.client?.stop();
  await stage.browser?.close();
  // The folder takes the settings of the background monitor with it: that ends the monitor.
  await stage.server?.stop();
  await stage.lab?.down();
});

function all(): Stage {
  const { lab, server, browser, client } = stage;
  if (!lab || !server || !browser || !client) throw new Error('Not started.');
  return { lab, server, browser, client };
}

async function picture({ page }: Workbench, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

async function writesGoOn(more: number): Promise<void> {
  const { client } = all();
  const before = client.acknowledgedCount();
  await until('rows are acknowledged', () => client.acknowledgedCount() >= before + more, limitMs);
}

/** The process id of the background monitor, as the command tells it. */
async function monitorShown(workbench: Workbench): Promise<string> {
  await workbench.command('Switchover: Show Background Monitor');
  const message = workbench.notification('The background monitor of lab runs').first();
  await message.waitFor({ timeout: limitMs });
  const text = await message.innerText();
  return /\((\d+)\)/.exec(text)?.[1] ?? '';
}

test('with the background monitor writes survive a reload and a closed window, and a dead master behind it', async () => {
  const { lab, server, browser, client } = all();
  const [first = ''] = lab.keys;
  const workbench = await openWorkbench(server, browser);
  const question = workbench.notification('Shall a background monitor keep the watch');
  await question.waitFor({ timeout: limitMs });
  await picture(workbench, '1-question');
  await question.getByRole('button', { name: 'Keep Watching in the Background' }).click();
  const status = workbench.statusItem(statusId);
  await status.locator('.codicon-eye').waitFor({ timeout: limitMs });
  await writesGoOn(50);
  const monitor = await monitorShown(workbench);
  expect(Number(monitor)).toBeGreaterThan(1);
  await workbench.openView('Switchover');
  await workbench.command('Switchover: Open Topology');
  await workbench.webview().locator('watch-strip').waitFor({ timeout: limitMs });
  await picture(workbench, '2-watched');

  await workbench.command('Developer: Reload Window');
  await workbench.page.waitForLoadState('domcontentloaded');
  await status.locator('.codicon-eye').waitFor({ timeout: 90_000 });
  expect(await monitorShown(workbench)).toBe(monitor);
  await writesGoOn(50);

  await workbench.page.context().close();
  await writesGoOn(50);
  await crashBetweenRows(lab, client, first);
  await writesGoOn(200);

  const again = await openWorkbench(server, browser);
  const told = again.notification(`${first} was gone`);
  await told.waitFor({ timeout: 90_000 });
  await again.openView('Switchover');
  await picture(again, '3-told');
  const [recovery] = await lab.recoveries();
  expect(recovery).toMatchObject({ kind: 'failover', state: 'succeeded', trigger: 'DeadMaster' });
  expect(recovery?.actor).toContain(`(${monitor})`);
  expect(client.acknowledgedCount()).toBeGreaterThan(300);
}, 300_000);

test('the failover is shown with its steps, reported, acknowledged from the view, and the old master is back by itself', async () => {
  const { lab, server, browser } = all();
  const workbench = await openWorkbench(server, browser, { height: 1000 });
  await workbench.openView('Switchover');
  const header = workbench.page.locator('.pane-header', { hasText: 'Recoveries' });
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  const row = workbench.treeRow('Failover · lab').first();
  const bell = workbench.statusItem(statusId).locator('.codicon-bell-dot');
  await bell.waitFor({ timeout: limitMs });
  await row.locator('.codicon-bell-dot').waitFor({ timeout: limitMs });
  await workbench.expand('Failover · lab');
  await row.locator('~ [role="treeitem"][aria-level="2"]').first().waitFor({ timeout: limitMs });
  await picture(workbench, '4-recovery');
  await workbench.contextMenu(row, 'Show Report');
  await workbench.editorTab(/lab .*\.md/).waitFor({ timeout: limitMs });
  await picture(workbench, '5-report');
  await workbench.contextMenu(row, 'Acknowledge...');
  await workbench.answer('pulled the plug');
  await row.locator('.codicon-pass-filled').waitFor({ timeout: limitMs });
  const recoveries = await lab.recoveries();
  const failover = recoveries.find((it) => it.kind === 'failover');
  expect(failover?.acknowledgement?.comment).toBe('pulled the plug');
  await picture(workbench, '6-acknowledged');

  await workbench.contextMenu(workbench.treeRow(lab.keys[0] ?? '').first(), 'Start Lab Instance');
  const calm = workbench.statusItem(statusId).locator('.codicon-eye');
  await calm.waitFor({ timeout: 90_000 });
  expect((await lab.recoveries())[0]).toMatchObject({ kind: 'rejoin', state: 'succeeded' });
  await workbench.page.context().close();
});

test('a person switches automatic failover off and on again, and the language of the texts', async () => {
  const { server, browser } = all();
  const workbench = await openWorkbench(server, browser);
  const status = workbench.statusItem(statusId);
  await workbench.openView('Switchover');
  await status.locator('.codicon-eye').waitFor({ timeout: 90_000 });
  await workbench.command('Switchover: Disarm Automatic Failover...');
  await workbench.answer('a migration');
  await status.filter({ hasText: 'manual' }).waitFor({ timeout: limitMs });
  await workbench.command('Switchover: Open Topology');
  const strip = workbench.webview().locator('watch-strip');
  await strip.filter({ hasText: 'a migration' }).waitFor({ timeout: limitMs });
  await picture(workbench, '7-disarmed');
  await workbench.page.context().close();

  speakKorean();
  const korean = await openWorkbench(server, browser);
  const again = korean.statusItem(statusId);
  await korean.openView('Switchover');
  await again.filter({ hasText: '수동' }).waitFor({ timeout: 90_000 });
  await korean.command('Switchover: Open Topology');
  const said = korean.webview().locator('watch-strip');
  await said.filter({ hasText: '자동 페일오버 꺼짐' }).waitFor({ timeout: limitMs });
  await picture(korean, '8-korean');
  await korean.command('Switchover: Arm Automatic Failover');
  await again.filter({ hasNotText: '수동' }).waitFor({ timeout: limitMs });
  const header = korean.page.locator('.pane-header', { hasText: 'Recoveries' });
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  await korean.treeRow('페일오버 · lab').first().waitFor({ timeout: limitMs });
  await picture(korean, '9-korean-armed');
  expect(await said.locator('.word').innerText()).toBe('자동 페일오버 켜짐');
  await korean.page.context().close();
});

function speakKorean(): void {
  changeSettings(settingsFile, { 'switchover.language': 'ko' });
}

const settingsFile = join(folder, 'user/User/settings.json');

test('a mistake saved in its settings leaves the cluster protected: it is red everywhere, and a dead master is replaced', async () => {
  const { lab, client, server, browser } = all();
  changeSettings(settingsFile, { 'switchover.language': 'en' });
  const workbench = await openWorkbench(server, browser, { height: 1000 });
  const status = workbench.statusItem(statusId);
  await workbench.openView('Switchover');
  await status.locator('.codicon-eye').waitFor({ timeout: 90_000 });
  const monitor = await monitorShown(workbench);
  await changeCluster(workbench, settingsFile, { confirmSecond: 1 });
  const wrong = 'confirmSecond is not a known key';
  await workbench.notification(wrong).waitFor({ timeout: limitMs });
  await status.filter({ hasText: 'lab: settings error' }).waitFor({ timeout: limitMs });
  await workbench.treeRow('Settings error').waitFor({ timeout: limitMs });
  await workbench.command('Switchover: Open Topology');
  const banner = workbench.webview().locator('finding-banner').filter({ hasText: wrong });
  await banner
    .filter({ hasText: 'running on the last good settings' })
    .waitFor({ timeout: limitMs });
  await picture(workbench, '10-settings-error');

  await workbench.command('Developer: Reload Window');
  await workbench.page.waitForLoadState('domcontentloaded');
  await status.filter({ hasText: 'lab: settings error' }).waitFor({ timeout: 90_000 });
  expect(await monitorShown(workbench)).toBe(monitor);
  await losesItsMaster(lab, client, limitMs);

  await workbench.command('Switchover: Open Settings Line');
  await workbench.editorTab(/settings\.json/).waitFor({ timeout: limitMs });
  const line = workbench.page.locator('.view-line', { hasText: 'confirmSecond' });
  await line.first().waitFor({ timeout: limitMs });
  await picture(workbench, '11-open-line');
  await changeCluster(workbench, settingsFile, { confirmSecond: undefined });
  await status.filter({ hasNotText: 'settings error' }).waitFor({ timeout: limitMs });
  await workbench.page.context().close();
}, 300_000);

test("a folder whose settings name clusters hides none of the user's, is asked about first, and a dead master is replaced", async () => {
  const { lab, client, server, browser } = all();
  const vscode = join(server.workspace, '.vscode');
  const ran = join(server.workspace, 'ran');
  mkdirSync(vscode, { recursive: true });
  const beside = { id: 'beside', seeds: ['127.0.0.1:2'], user: 'x', environment: 'lab' };
  const program = { ...beside, id: 'program', passwordCommand: ['touch', ran] };
  const workbench = await openWorkbench(server, browser, { height: 1000 });
  await workbench.openView('Switchover');
  await workbench.treeRow('lab').waitFor({ timeout: 90_000 });
  const monitor = await monitorShown(workbench);
  // While a window is open: only one that has seen the cluster could take it for removed, and stop its monitor.
  writeFileSync(
    join(vscode, 'settings.json'),
    JSON.stringify({
      'switchover.clusters': [{ ...beside, id: 'lab' }, beside, program],
      'switchover.recoverMasterClusterFilters': [],
    }),
  );
  const question = workbench.notification('The settings of this folder name clusters');
  await question.waitFor({ timeout: 90_000 });
  await workbench.treeRow('lab').waitFor({ timeout: limitMs });
  expect(await workbench.treeRow('beside').count()).toBe(0);
  await picture(workbench, '12-folder');
  await question.getByRole('button', { name: 'Use Clusters of This Folder' }).click();
  await workbench.treeRow('beside').waitFor({ timeout: limitMs });
  await workbench.treeRow('lab').waitFor({ timeout: limitMs });
  await workbench.statusItem(statusId).filter({ hasText: 'beside' }).waitFor({ timeout: limitMs });
  expect(process.kill(Number(monitor), 0)).toBe(true);
  await losesItsMaster(lab, client, limitMs);
  expect(existsSync(ran)).toBe(false);
  await picture(workbench, '13-beside');
  await workbench.page.context().close();
  rmSync(vscode, { recursive: true });
  speakKorean();
}, 300_000);

test('no row that was acknowledged is missing on the new master, and stopping the monitor ends it', async () => {
  const { lab, server, browser, client } = all();
  const report = await client.stop();
  const { master } = await lab.look();
  const there = await writtenIds(lab.server(master ?? ''));
  expect(report.acknowledged.filter((it) => !there.has(it.id))).toEqual([]);
  expect(report.longestGap.ms).toBeLessThan(5_000);

  const workbench = await openWorkbench(server, browser);
  await workbench.statusItem(statusId).filter({ hasText: 'lab' }).waitFor({ timeout: 90_000 });
  await workbench.command('Switchover: Stop Background Monitor');
  await workbench.notification('백그라운드 모니터가 끝났습니다').waitFor({ timeout: limitMs });
  expect(readdirSync(join(state, 'monitors')).filter((it) => it.endsWith('.json'))).toEqual([]);
});
