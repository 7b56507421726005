import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, FrameLocator, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { globalStorageOf, startCodeServer, type CodeServer } from './code-server.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const limitMs = 60_000;
const out = resolve(import.meta.dirname, '../../out');
const pictures = resolve(out, 'first-failover');
let server: CodeServer | undefined;
let browser: Browser | undefined;
let workbench: Workbench;

beforeAll(async () => {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  mkdirSync(pictures, { recursive: true });
  server = await startCodeServer({
    vsix: [resolve(out, vsix)],
    settings: { 'switchover.clusters': [], 'switchover.language': 'en' },
  });
  browser = await launchBrowser();
  // The page of a step stands beside it where there is room.
  workbench = await openWorkbench(server, browser, { width: 1920, height: 1000 });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture('failed');
});

afterAll(async () => {
  await browser?.close();
  await endLab();
  await server?.stop();
});

/** The servers of a lab outlive the workbench. */
async function endLab(): Promise<void> {
  const cli = resolve(import.meta.dirname, '../../dist/cli.js');
  const state = globalStorageOf(server?.folder ?? '', 'switchover.switchover');
  await promisify(execFile)(process.execPath, [cli, 'lab', 'down', '--state', state]);
}

interface Step {
  readonly index: number;
  readonly title: string;
  readonly button: string;
}

const steps = [
  {
    index: 0,
    title: 'Create a lab cluster',
    button: 'Create Lab Cluster',
  },
  {
    index: 1,
    title: 'Open the topology',
    button: 'Open Topology',
  },
  {
    index: 2,
    title: 'Stop the master',
    button: 'Stop Lab Instance',
  },
  {
    index: 3,
    title: 'Promote a replica',
    button: 'Promote Replica...',
  },
  {
    index: 4,
    title: 'Start the old master again',
    button: 'Start Lab Instance',
  },
  {
    index: 5,
    title: 'Let it rejoin as a replica',
    button: 'Rejoin as Replica...',
  },
  {
    index: 6,
    title: 'Acknowledge the promotion',
    button: 'Acknowledge...',
  },
  {
    index: 7,
    title: 'Arm automatic failover',
    button: 'Arm Automatic Failover',
  },
  {
    index: 8,
    title: 'Stop the master once more',
    button: 'Stop Lab Instance',
  },
  {
    index: 9,
    title: 'Acknowledge the recovery',
    button: 'Acknowledge...',
  },
] as const;

const ours = '[src*="extensionId=switchover.switchover"]';

/** The picture of the cluster, which stands beside the walkthrough. */
function panel(): FrameLocator {
  return workbench.webview(ours);
}

function step(index: number): Locator {
  return workbench.page.locator('.getting-started-step').nth(index);
}

/** Reads this step, and clicks its button. */
async function begin({ index, title, button }: Step): Promise<void> {
  const { page } = workbench;
  const here = step(index);
  await here.waitFor({ timeout: limitMs });
  await here.filter({ hasText: title }).waitFor({ timeout: limitMs });
  const isOpen = ((await here.getAttribute('class')) ?? '').includes('expanded');
  if (!isOpen) await here.getByRole('heading', { name: title }).click();
  expect(await checkbox(here).getAttribute('aria-checked')).toBe('false');
  const act = here.locator('.monaco-button').filter({ hasText: button });
  // It slides in.
  await act.click({ trial: true });
  await picture(`${String(index + 1).padStart(2, '0')}-step`);
  await act.click();
  await page.mouse.move(5, 5);
}

function checkbox(of: Locator): Locator {
  return of.getByRole('checkbox');
}

/** It shows as done to whoever comes back to the walkthrough. */
async function isDone({ index }: Step): Promise<void> {
  const done = step(index).locator('[role="checkbox"][aria-checked="true"]');
  await done.waitFor({ timeout: limitMs });
}

async function picture(name: string): Promise<void> {
  await workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** Chooses the instance that is called so and plays this part. */
async function choose(name: string, part: string): Promise<void> {
  const row = workbench.page
    .locator('.quick-input-list .monaco-list-row')
    .filter({ hasText: name })
    .filter({ hasText: part });
  await row.first().waitFor({ timeout: limitMs });
  await picture(`choose-${name}-${part}`);
  await row.first().click();
}

/** Reads the plan, runs it, and waits for its end in the panel. */
async function runPlan(name: string, button: string): Promise<void> {
  const sheet = panel().locator('plan-sheet');
  const run = sheet.locator('vscode-button.run');
  await run.waitFor({ timeout: limitMs });
  await picture(`${name}-plan`);
  const typed = sheet.locator('vscode-text-field.typed input');
  if (await typed.isVisible()) {
    await typed.fill('lab');
    await run.click();
  } else {
    await run.click();
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: button }).click();
  }
  await panel().locator('run-view .says').waitFor({ timeout: limitMs });
  await run.waitFor({ state: 'hidden', timeout: limitMs });
  await picture(`${name}-ran`);
}

async function statusSays(text: RegExp): Promise<void> {
  const status = workbench.statusItem('switchover.switchover.status');
  await status.filter({ hasText: text }).waitFor({ timeout: limitMs });
}

async function acknowledges(here: Step, comment: string): Promise<void> {
  await begin(here);
  await workbench.answer(comment);
  await isDone(here);
}

test('whoever follows the walkthrough clicks through every step, to an acknowledged automatic failover', async () => {
  const [createLab, openTopology, stopMaster, promote, startOld, rejoin, ...rest] = steps;
  const [acknowledgePromotion, arm, stopAgain, acknowledge] = rest;
  await workbench.command('Welcome: Open Walkthrough...');
  await workbench.quickPick('From three servers to a rejoined master').click();
  expect(await step(steps.length).count()).toBe(0);

  await workbench.webview().getByText('Switchover makes a network').waitFor({ timeout: limitMs });
  await begin(createLab);
  // Asked only where both ways are open.
  const kind = workbench.quickPick('Processes');
  const begun = workbench.notification('Creating the lab cluster');
  await kind.or(begun).first().waitFor({ timeout: limitMs });
  if (await kind.isVisible()) await kind.click();
  const cards = panel().locator('instance-card');
  await cards.nth(2).waitFor({ timeout: limitMs });
  await isDone(createLab);
  await begin(openTopology);
  await cards.nth(2).waitFor({ timeout: limitMs });
  await isDone(openTopology);
  // A question that nobody answers does not count: begin() sees that the step is still to do.
  await begin(stopMaster);
  await workbench.quickPick('db-1').waitFor({ timeout: limitMs });
  await workbench.page.keyboard.press('Escape');
  await begin(stopMaster);
  await choose('db-1', 'Master');
  await statusSays(/no master/);
  await isDone(stopMaster);
  await begin(promote);
  await choose('127', 'Replica');
  await runPlan('04', 'Promote');
  await isDone(promote);
  await begin(startOld);
  await choose('db-1', '');
  await isDone(startOld);
  await panel().getByText('Replicates from nobody', { exact: true }).waitFor({ timeout: limitMs });
  await begin(rejoin);
  await choose('127', 'Detached');
  await runPlan('06', 'Rejoin');
  await isDone(rejoin);
  await acknowledges(acknowledgePromotion, 'planned');
  await begin(arm);
  const dialog = workbench.dialog('Let a dead master of lab be replaced');
  await dialog.getByRole('button', { name: 'Add to User Settings' }).click();
  const question = workbench.notification('Shall a background monitor keep the watch');
  await question.getByRole('button', { name: 'Only While VS Code Is Open' }).click();
  await isDone(arm);
  await begin(stopAgain);
  await choose('db-', 'Master');
  await isDone(stopAgain);
  await picture('09-failed-over');
  await acknowledges(acknowledge, 'seen');
  await picture('10-done');
});
