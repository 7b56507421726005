import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { raiseDemoLab, type DemoLab } from '../demo/demo-lab.ts';
import { until } from '../support/harness/until.ts';
import { launchBrowser } from './browser.ts';
import {
  globalStorageOf,
  newWorkbenchFolder,
  startCodeServer,
  type CodeServer,
} from './code-server.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const limitMs = 60_000;
const out = resolve(import.meta.dirname, '../../out');
const pictures = resolve(out, 'by-hand');
const folder = newWorkbenchFolder();
const stage: Partial<Stage> = {};

interface Stage {
  readonly lab: DemoLab;
  readonly server: CodeServer;
  readonly browser: Browser;
  readonly workbench: Workbench;
}

beforeAll(async () => {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  mkdirSync(pictures, { recursive: true });
  const lab = await raiseDemoLab(globalStorageOf(folder, 'switchover.switchover'));
  Object.assign(stage, { lab });
  // Programs stand in the settings of the machine that runs them: this one takes as long as a person needs to think better of it.
  const machine = join(folder, 'user/Machine');
  mkdirSync(machine, { recursive: true });
  const programs = { 'switchover.preFailoverProcesses': [['/bin/sleep', '6']] };
  writeFileSync(join(machine, 'settings.json'), JSON.stringify(programs));
  const server = await startCodeServer({
    folder,
    vsix: [resolve(out, vsix)],
    settings: {
      'switchover.clusters': lab.clusters,
      'switchover.recoverMasterClusterFilters': ['*'],
      'switchover.language': 'en',
    },
  });
  Object.assign(stage, { server });
  const browser = await launchBrowser();
  Object.assign(stage, { browser });
  const workbench = await openWorkbench(server, browser, { height: 1000 });
  Object.assign(stage, { workbench });
});

afterAll(async () => {
  await stage.browser?.close();
  await stage.server?.stop();
  await stage.lab?.down();
});

function all(): Pick<Stage, 'lab' | 'workbench'> & { readonly status: Locator } {
  const { lab, workbench } = stage;
  if (!lab || !workbench) throw new Error('Not started.');
  return { lab, workbench, status: workbench.statusItem('switchover.switchover.status') };
}

async function picture(name: string): Promise<void> {
  await all().workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** What the editor shows while one points there. */
async function tooltipOf(of: Locator, text: string): Promise<void> {
  const { page } = all().workbench;
  await of.hover();
  await page.locator('.monaco-hover', { hasText: text }).first().waitFor({ timeout: limitMs });
}

test('a failover is cancelled before anybody is opened, and does not begin again until a person arms it', async () => {
  const { lab, workbench, status } = all();
  const [first = '', ...others] = lab.keys;
  const question = workbench.notification('Shall a background monitor keep the watch');
  await question.waitFor({ timeout: limitMs });
  await question.getByRole('button', { name: 'Only While VS Code Is Open' }).click();
  await status.locator('.codicon-database').waitFor({ timeout: limitMs });
  await workbench.openView('Switchover');
  await workbench.command('Switchover: Open Topology');
  await workbench.webview().locator('instance-card').nth(2).waitFor({ timeout: limitMs });

  await lab.crash(first);
  const progress = workbench.notification('Fail over lab to').filter({ hasText: 'Step' });
  await progress.waitFor({ timeout: limitMs });
  await picture('1-failover-runs');
  await progress.getByRole('button', { name: 'Cancel' }).click();
  const told = workbench.notification('off until you arm it again');
  await told.waitFor({ timeout: limitMs });
  const strip = workbench.webview().locator('watch-strip');
  await strip.filter({ hasText: 'The failover was cancelled.' }).waitFor({ timeout: limitMs });
  await picture('2-cancelled');

  await pause(5_000);
  expect(await lab.recoveries()).toMatchObject([{ kind: 'failover', state: 'undone' }]);
  for (const key of others) {
    expect(await lab.server(key).sql('SELECT @@read_only AS closed')).toEqual([{ closed: 1 }]);
  }
});

test('armed again it goes through, and every surface says in words that the next one is blocked', async () => {
  const { lab, workbench, status } = all();
  await workbench.command('Switchover: Arm Automatic Failover');
  await until('a failover has succeeded', async () => {
    const [newest] = await lab.recoveries();
    return newest?.kind === 'failover' && newest.state === 'succeeded';
  });
  await status.locator('.codicon-bell-dot').waitFor({ timeout: limitMs });
  await picture('3-failed-over');
  const says = 'Automatic failover is blocked until you acknowledge';
  await tooltipOf(status, says);
  await picture('4-tooltip');
  await tooltipOf(workbench.treeRow('lab').first(), says);
  expect(await lab.recoveries()).toHaveLength(2);
});

test('the report is there for programs, and everything that waits is acknowledged behind the status bar and at once', async () => {
  const { lab, workbench, status } = all();
  const header = workbench.page.locator('.pane-header', { hasText: 'Recoveries' });
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  await workbench.contextMenu(workbench.treeRow('Failover · lab').first(), 'Show Report as JSON');
  await workbench.editorTab(/lab .*\.json/).waitFor({ timeout: limitMs });
  const [newest] = await lab.recoveries();
  const lines = workbench.page.locator('.editor-instance .view-lines');
  await lines.filter({ hasText: newest?.id ?? '?' }).waitFor({ timeout: limitMs });
  await picture('5-json');

  const comments = async (): Promise<readonly (string | undefined)[]> =>
    (await lab.recoveries()).map((it) => it.acknowledgement?.comment);
  await workbench.clickFor(status, workbench.quickPick('Acknowledge…'));
  await workbench.quickPick('Acknowledge…').click();
  await workbench.answer('pulled the plug');
  await until('one is acknowledged', async () => (await comments())[0] === 'pulled the plug');
  expect(await comments()).toEqual(['pulled the plug', undefined]);
  await workbench.command('Switchover: Acknowledge All');
  await workbench.answer('all seen');
  await until('all are acknowledged', async () => !(await comments()).includes(undefined));
  expect(await comments()).toEqual(['pulled the plug', 'all seen']);
  await status.locator('.codicon-bell-dot').waitFor({ state: 'detached', timeout: limitMs });
});

test('a replica is moved below another one from the tree; where that cannot be, the reason is told', async () => {
  const { lab, workbench } = all();
  const [first = '', second = '', third = ''] = lab.keys;
  await lab.start(first);
  await until(
    'the old master follows',
    async () => {
      const { findings, instances } = await lab.look();
      return findings.length === 0 && instances.every((it) => it.alive);
    },
    limitMs,
  );
  const { master } = await lab.look();
  const mover = [second, third].find((it) => it !== master) ?? '';
  const choose = async (source: string): Promise<void> => {
    await workbench.contextMenu(workbench.treeRow(mover).first(), 'Relocate Under...');
    await workbench.quickPick('Not possible').waitFor({ timeout: limitMs });
    await picture(`6-sources-${source === first ? 'possible' : 'refused'}`);
    await workbench.quickPick(source).click();
  };
  await choose(master ?? '');
  const sheet = workbench.webview().locator('plan-sheet');
  const reason = sheet.locator('.reasons').filter({ hasText: 'already' });
  await reason.waitFor({ timeout: limitMs });
  await picture('7-refused');
  await workbench.page.keyboard.press('Escape');
  await reason.waitFor({ state: 'detached', timeout: limitMs });

  await choose(first);
  const run = sheet.locator('vscode-button.run');
  await run.waitFor({ timeout: limitMs });
  await picture('8-plan');
  await run.click();
  await workbench.dialog(mover).getByRole('button', { name: /^Move/ }).click();
  await until('the replica reads from the other one', async () => {
    const { instances } = await lab.look();
    return instances.find((it) => it.instance === mover)?.source === first;
  });
  expect((await lab.recoveries())[0]).toMatchObject({ kind: 'relocate', state: 'succeeded' });
  await picture('9-moved');
});
