import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { docker, publishedPort, sqlIn, untilAnswering } from '../docker/containers.ts';
import { until } from '../support/harness/until.ts';
import { answer, choose, limitMs, raiseStage, row, type Stage } from './stage.ts';

const home = mkdtempSync(join(tmpdir(), 'switchover-actions-'));
const passwordFile = join(home, 'password');
const orders = {
  id: 'orders',
  seeds: ['db001:3306'],
  user: 'look',
  passwordFile,
  environment: 'lab',
  pollMs: 300,
};
let stage: Stage | undefined;

beforeAll(async () => {
  writeFileSync(passwordFile, 'look\n', { mode: 0o600 });
  stage = await raiseStage({
    pictures: 'containers',
    settings: {
      'switchover.clusters': [orders],
      'terminal.integrated.gpuAcceleration': 'off',
    },
    words: ['--label', 'com.docker.compose.project=shop'],
  });
  await sqlIn('db003', "STOP SLAVE; CHANGE MASTER TO MASTER_PASSWORD='repl'; START SLAVE");
  await sqlIn('db001', "CREATE USER look@'%' IDENTIFIED BY 'look'; GRANT ALL ON *.* TO look@'%'");
  await stage.workbench.openView('Switchover');
  await row(stage.workbench, 'db003').waitFor({ timeout: limitMs });
  await stage.workbench.command('Switchover: Open Topology');
  await card('db003').waitFor({ timeout: limitMs });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage?.picture('failed');
});

afterAll(async () => {
  await stage?.end();
  rmSync(home, { recursive: true, force: true });
});

function all(): Stage {
  if (stage === undefined) throw new Error('Not started.');
  return stage;
}

function card(name: string): Locator {
  return all().workbench.webview().locator('instance-card').filter({ hasText: name });
}

/** Picks an item of the menu of a row that is drawn anew as long as its server comes or goes. */
async function pick(name: string, item: string): Promise<void> {
  const { workbench } = all();
  await workbench.contextMenu(row(workbench, name), item);
}

async function stateOf(name: string): Promise<string> {
  return docker('inspect', '--format', '{{.State.Status}}', name);
}

async function startOf(name: string): Promise<string> {
  return docker('inspect', '--format', '{{.State.StartedAt}}', name);
}

async function becomes(name: string, state: string): Promise<void> {
  await until(`${name} is ${state}`, async () => (await stateOf(name)) === state, limitMs);
}

/** The row and the card of a container that has no life say so, with its sign. */
async function bothSay(name: string, says: string): Promise<void> {
  const shown = row(all().workbench, name).filter({ hasText: says });
  await shown.locator('.codicon-vm-outline').waitFor({ timeout: limitMs });
  await card(name).filter({ hasText: says }).waitFor({ timeout: limitMs });
}

/** The row shows a server that answers. */
async function answers(name: string): Promise<void> {
  await untilAnswering(name);
  const shown = row(all().workbench, name).filter({ hasText: /(10\.11|behind).*· R[OW]/ });
  await shown.locator('.codicon-vm-outline').waitFor({ state: 'hidden', timeout: limitMs });
  await shown.waitFor({ timeout: limitMs });
  // A menu that is opened while the rows around it are drawn anew may not know its row any more.
  const calm = row(all().workbench, 'orders').filter({ hasText: 'db001 · 3 servers' });
  await calm.waitFor({ timeout: limitMs });
}

test('in a lab the master is stopped and started at once, and a replica is paused, resumed and restarted', async () => {
  const { picture } = all();
  await row(all().workbench, 'shop').filter({ hasText: 'compose project' }).waitFor();
  await picture('01-three');
  await pick('db001', 'Stop Container');
  await bothSay('db001', 'container exited (0)');
  await picture('02-exited');
  await pick('db001', 'Start Container');
  await answers('db001');

  await pick('db002', 'Pause Container');
  await bothSay('db002', 'container paused');
  await picture('03-paused');
  await pick('db002', 'Resume Container');
  await becomes('db002', 'running');
  await answers('db002');

  const before = await startOf('db003');
  await pick('db003', 'Restart Container');
  await until('db003 began anew', async () => (await startOf('db003')) !== before, limitMs);
  await untilAnswering('db003');
  expect(await stateOf('db003')).toBe('running');
  await sqlIn('db003', 'SET GLOBAL read_only=1');
  await answers('db003');
});

test('its log is read in an editor, a shell opens inside, and its address is copied', async () => {
  const { workbench, picture } = all();
  const { page } = workbench;
  await pick('db001', 'Show Container Logs');
  const text = page.locator('.editor-instance .view-lines');
  await text.filter({ hasText: 'ready for connections' }).waitFor({ timeout: limitMs });
  await picture('04-log');
  await workbench.command('View: Close Editor');

  await pick('db002', 'Open Shell in Container');
  const terminal = page.locator('.terminal-wrapper.active .xterm-rows');
  await terminal.filter({ hasText: /[#$]/ }).waitFor({ timeout: limitMs });
  await page.keyboard.type('echo "$(hostname) says $((20 + 22))"\n');
  await terminal.filter({ hasText: 'db002 says 42' }).waitFor({ timeout: limitMs });
  await picture('05-shell');
  await page.keyboard.type('exit\n');
  await terminal.waitFor({ state: 'hidden', timeout: limitMs });

  await pick('db001', 'Copy Address');
  const address = `127.0.0.1:${String(await publishedPort('db001'))}`;
  await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(address);
});

test('a cluster is added by a click on one of its containers that run', async () => {
  const { workbench, picture, settings, change } = all();
  await change({ 'switchover.clusters': [] });
  await row(workbench, 'orders').waitFor({ state: 'hidden', timeout: limitMs });
  await workbench.command('Switchover: Add Cluster');
  await workbench.quickPick('db002').waitFor({ timeout: limitMs });
  await picture('08-where');
  await choose(workbench, 'db002');
  await answer(workbench, 'User that looks at the servers', 'look');
  await answer(workbench, 'Password of look', 'look');
  await workbench.quickPick('Add this cluster').waitFor({ timeout: limitMs });
  for (const name of ['db001', 'db002', 'db003']) {
    await workbench.quickPick(`${name}:3306`).waitFor({ timeout: limitMs });
  }
  await picture('09-found');
  await choose(workbench, 'Add this cluster');
  await answer(workbench, 'Name of the cluster', 'picked');
  await choose(workbench, 'staging');
  await row(workbench, 'picked').filter({ hasText: '3 servers' }).waitFor({ timeout: limitMs });
  await picture('10-added');
  expect(settings()['switchover.clusters']).toEqual([
    expect.objectContaining({ id: 'picked', seeds: ['db002:3306'], user: 'look' }),
  ]);
});

test('elsewhere it is asked before the master is stopped, with what will happen', async () => {
  const { workbench, picture, change } = all();
  await change({ 'switchover.clusters': [{ ...orders, environment: 'staging' }] });
  await row(workbench, 'picked').waitFor({ state: 'hidden', timeout: limitMs });
  await row(workbench, 'orders').waitFor({ timeout: limitMs });
  await workbench.command('Switchover: Open Topology');
  await workbench.webview().getByText('Staging').waitFor({ timeout: limitMs });
  await answers('db001');
  const dialog = workbench.dialog('Stop the container of the master db001:3306?');
  await pick('db001', 'Stop Container');
  await dialog
    .filter({ hasText: 'Applications cannot write until db001:3306 runs again' })
    .waitFor({ timeout: limitMs });
  await picture('06-asked');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'hidden', timeout: limitMs });
  expect(await stateOf('db001')).toBe('running');

  await pick('db001', 'Stop Container');
  await dialog.getByRole('button', { name: 'Stop Container' }).click();
  await becomes('db001', 'exited');
  await bothSay('db001', 'container exited (0)');
  await picture('07-stopped');
  await pick('db001', 'Start Container');
  await answers('db001');
});
