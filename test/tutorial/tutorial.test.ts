import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { freePorts } from '../../src/adapters/lab/free-ports.ts';
import { docker, sqlIn, untilAnswering } from '../docker/containers.ts';
import { until } from '../support/harness/until.ts';
import { Application } from './application.ts';
import {
  answer,
  choose,
  limitMs,
  raiseStage,
  row,
  runButton,
  runPlan,
  type Stage,
} from './stage.ts';
import { readOnlyOf, statusOf } from './three-containers.ts';

const clusters = 'switchover.clusters';
let stage: Stage | undefined;
let application: Application | undefined;

beforeAll(async () => {
  stage = await raiseStage();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage?.picture('failed');
});

afterAll(async () => {
  await application?.end();
  await stage?.end();
});

function all(): Stage {
  if (stage === undefined) throw new Error('Not started.');
  return stage;
}

function status(): ReturnType<Stage['workbench']['statusItem']> {
  return all().workbench.statusItem('switchover.switchover.status');
}

async function replicates(name: string, source: string): Promise<boolean> {
  try {
    return (
      (await statusOf(name, 'Master_Host')) === source &&
      (await statusOf(name, 'Slave_IO_Running')) === 'Yes' &&
      (await statusOf(name, 'Slave_SQL_Running')) === 'Yes'
    );
  } catch (error) {
    // A former master that comes back open is closed, and whoever is logged in there is cut.
    if (String(error).includes('ERROR 2013')) return false;
    throw error;
  }
}

/** The application orders something, and these have it too; how long it waited, in milliseconds. */
async function ordered(note: string, others: readonly string[]): Promise<number> {
  if (application === undefined) throw new Error('Not started.');
  const took = await application.order(note);
  for (const name of others) {
    const there = `SELECT COUNT(*) FROM shop.orders WHERE note = '${note}'`;
    await until(`${name} has it too`, async () => (await sqlIn(name, there)) === '1', limitMs);
  }
  return took;
}

async function acknowledgeAll(comment: string): Promise<void> {
  const { workbench } = all();
  await workbench.command('Switchover: Acknowledge All');
  await answer(workbench, 'What was the matter?', comment);
}

/** By itself, and to the end. */
async function recovered(from: string, to: string): Promise<void> {
  await until(`${to} replaced ${from}`, async () => {
    const [newest] = await all().recoveries();
    return (
      newest?.kind === 'failover' &&
      newest.state === 'succeeded' &&
      newest.trigger === 'DeadMaster' &&
      newest.oldMaster === `${from}:3306` &&
      newest.newMaster === `${to}:3306`
    );
  });
}

test('from one name all three show up, and the user that looks at them is made on the way', async () => {
  const { workbench, picture, settings } = all();
  await workbench.openView('Switchover');
  const welcome = workbench.page.locator('.part.sidebar .welcome-view-content .monaco-button');
  await welcome.filter({ hasText: 'Add Cluster' }).click({ timeout: limitMs });
  await workbench.quickPick('db001').waitFor({ timeout: limitMs });
  await picture('01-where');
  await choose(workbench, 'Type host and port');
  await answer(workbench, 'Host and port of one instance', 'db001:3306');
  await answer(workbench, 'User that looks at the servers', 'orc_client_user');
  await answer(workbench, 'Password of orc_client_user', 'orc_client_password');
  await workbench.quickPick('1045').waitFor({ timeout: limitMs });
  await picture('02-denied');

  await choose(workbench, 'Create Monitor User');
  await choose(workbench, 'Look and act');
  await answer(workbench, 'Name of the user', 'orc_client_user');
  await answer(workbench, 'An administrator who may create users', 'root');
  await answer(workbench, 'Password of root', 'root');
  await choose(workbench, "'172.%'");
  await choose(workbench, 'Type it');
  await answer(workbench, 'Password of orc_client_user', 'orc_client_password');
  const dialog = workbench.dialog("Create 'orc_client_user'@'172.%'");
  await dialog.waitFor({ timeout: limitMs });
  await picture('03-statements');
  await dialog.getByRole('button', { name: 'Run as root' }).click();

  await workbench.quickPick('Add this cluster').waitFor({ timeout: limitMs });
  for (const name of ['db001', 'db002', 'db003']) {
    await workbench.quickPick(`${name}:3306`).waitFor({ timeout: limitMs });
  }
  await picture('04-found');
  await choose(workbench, 'Add this cluster');
  await answer(workbench, 'Name of the cluster', 'orders');
  await choose(workbench, 'lab');
  await workbench.webview().locator('instance-card').nth(2).waitFor({ timeout: limitMs });
  expect(JSON.stringify(settings())).not.toContain('orc_client_password');
});

test('the replica with the wrong password is shown as just that, and the fix of the doctor mends it', async () => {
  const { workbench, picture } = all();
  const banner = workbench.webview().locator('finding-banner');
  const says = "db003:3306 cannot log in to db001:3306 as 'repl'";
  await banner.filter({ hasText: says }).waitFor({ timeout: limitMs });
  await picture('05-wrong-password');
  await workbench.command('Switchover: Check Cluster');
  await workbench.quickPick(says).waitFor({ timeout: limitMs });
  await picture('06-doctor');
  await choose(workbench, says);
  await choose(workbench, 'Fix…');
  await answer(workbench, 'Password of repl for orders', 'repl');
  await runPlan(all(), { button: /^Fix/, name: '07-fix' });
  await until('db003 replicates', () => replicates('db003', 'db001'), limitMs);
  expect(await sqlIn('db003', 'SELECT note FROM shop.orders')).toBe('the first');
  await status().filter({ hasText: 'orders: db001' }).waitFor({ timeout: limitMs });
  await banner.filter({ hasText: says }).waitFor({ state: 'hidden', timeout: limitMs });
  await picture('08-three-replicate');
});

test('stop db001, promote db002 by a click, and db003 follows', async () => {
  const { workbench, picture } = all();
  await docker('stop', 'db001');
  await status().and(workbench.page.locator('.error-kind, .warning-kind')).waitFor();
  await row(workbench, 'db001').filter({ hasText: 'exited' }).waitFor({ timeout: limitMs });
  await picture('09-needs-recovery');
  await workbench.contextMenuUntil(row(workbench, 'db002'), 'Promote Replica...', runButton(all()));
  await runPlan(all(), { button: /^Promote/, name: '10-promote' });
  await until('db003 follows db002', () => replicates('db003', 'db002'), limitMs);
  expect(await readOnlyOf('db002')).toBe('0');
  expect(await statusOf('db002', 'Master_Host')).toBe('');
  await status().filter({ hasText: 'orders: db002' }).waitFor({ timeout: limitMs });
  await picture('11-promoted');
});

test('start db001 and bring it back by a right-click: it replicates and is read-only', async () => {
  const { workbench, picture } = all();
  await docker('start', 'db001');
  await untilAnswering('db001');
  const alone = row(workbench, 'db001').and(workbench.page.locator(':not([aria-expanded])'));
  await alone.locator('.codicon-debug-disconnect, .codicon-vm-outline').waitFor({
    state: 'hidden',
    timeout: limitMs,
  });
  await picture('12-started');
  await workbench.contextMenuUntil(alone, 'Rejoin as Replica...', runButton(all()));
  await runPlan(all(), { button: /^Rejoin/, name: '13-rejoin' });
  await until('db001 follows db002', () => replicates('db001', 'db002'), limitMs);
  expect(await readOnlyOf('db001')).toBe('1');

  await workbench.webview().locator('instance-card').filter({ hasText: 'db001' }).click();
  const details = workbench.webview().locator('details-pane');
  await details.getByRole('tab', { name: 'Replication' }).click();
  const shown = details.locator('status-view');
  await shown.filter({ hasText: /SHOW (ALL )?SLAVES? STATUS/ }).waitFor({ timeout: limitMs });
  await shown.locator('.toggle').click();
  await shown.filter({ hasText: /Slave_IO_Running: Yes\s+Slave_SQL_Running: Yes/ }).waitFor();
  await picture('14-status');
  expect(await sqlIn('db001', 'SELECT COUNT(*) FROM shop.orders')).toBe('1');
});

test('with no hand on it: db002 stops and db001 takes over, never db003; the application goes on at its address', async () => {
  const { workbench, picture, change, settings } = all();
  const [port = 0] = await freePorts(1);
  const proxy = `127.0.0.1:${String(port)}`;
  const [orders] = z.array(z.record(z.string(), z.unknown())).parse(settings()[clusters]);
  await change({
    [clusters]: [{ ...orders, proxies: [{ kind: 'embedded', writer: proxy }] }],
    'switchover.recoverMasterClusterFilters': ['*'],
    'switchover.promotionIgnoreHostnameFilters': ['db003'],
  });
  const question = workbench.notification('Shall a background monitor keep the watch');
  await question.waitFor({ timeout: limitMs });
  await question.getByRole('button', { name: 'Only While VS Code Is Open' }).click();
  // What a person did by hand asks for no further acknowledgement before the machine may act.
  await acknowledgeAll('done by hand');
  await workbench.command('Switchover: Open Topology');
  const strip = workbench.webview().locator('watch-strip');
  await strip.filter({ hasText: 'Automatic failover armed' }).waitFor({ timeout: limitMs });
  application = await Application.start('db002', port);
  await ordered('before', ['db001', 'db003']);
  await picture('15-armed');

  await docker('stop', 'db002');
  const first = await ordered('after db002 was stopped', ['db003']);
  await recovered('db002', 'db001');
  console.log(`The application waited ${String(first)} ms for its first order after docker stop.`);
  await status().filter({ hasText: 'orders: db001 · acknowledge' }).waitFor({ timeout: limitMs });
  await picture('16-failed-over');
  expect(await readOnlyOf('db003')).toBe('1');
  await docker('start', 'db002');
  await untilAnswering('db002');
  await until('db002 is back by itself', () => replicates('db002', 'db001'), limitMs);
  expect(await readOnlyOf('db002')).toBe('1');
});

test('until somebody acknowledges, the next failover is blocked; then it acts once more', async () => {
  const { workbench, picture, recoveries } = all();
  const strip = workbench.webview().locator('watch-strip');
  const says = 'Automatic failover blocked';
  await strip.filter({ hasText: says }).waitFor({ timeout: limitMs });
  await picture('17-blocked');
  await acknowledgeAll('seen');
  await ordered('between', ['db002', 'db003']);
  await strip.filter({ hasText: says }).waitFor({ state: 'hidden', timeout: limitMs });
  await docker('stop', 'db001');
  await ordered('after db001 was stopped', ['db003']);
  await recovered('db001', 'db002');
  await docker('start', 'db001');
  await untilAnswering('db001');
  await until('db001 is back by itself', () => replicates('db001', 'db002'), limitMs);
  await acknowledgeAll('seen again');
  await status()
    .filter({ hasText: /orders: db002$/ })
    .waitFor({ timeout: limitMs });
  await picture('18-twice');
  const failovers = (await recoveries()).filter((it) => it.kind === 'failover');
  expect(failovers.map((it) => it.newMaster)).toEqual(['db002:3306', 'db001:3306', 'db002:3306']);

  const notes = (await sqlIn('db002', 'SELECT note FROM shop.orders ORDER BY id')).split('\n');
  expect(notes).toEqual(['the first', ...(application?.notes ?? [])]);
});
