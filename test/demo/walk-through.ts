import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { sentences } from '../../src/extension/language/sentences.ts';
import type { Localizer } from '../../src/protocol/localizer.ts';
import type { Workbench } from '../workbench/workbench.ts';
import type { DemoLab, SeenCluster } from './demo-lab.ts';

const limitMs = 60_000;

const promotes = 'Promote Replica...';
const rejoins = 'Rejoin as Replica...';

export interface Walk {
  readonly lab: DemoLab;
  readonly workbench: Workbench;
  /** Where the screenshots go. */
  readonly pictures: string;
  readonly tell: (line: string) => void;
  /** The extension's own words in the language of its settings; menus speak the editor's language. */
  readonly words: Localizer;
}

/**
 * What a person does with a cluster: sees it, promotes a replica, loses the master, promotes another, and brings
 * the lost one back. Each step looks at the screen, and then asks the servers whether the screen told the truth.
 */
export async function walkThrough(walk: Walk): Promise<void> {
  rmSync(walk.pictures, { recursive: true, force: true });
  mkdirSync(walk.pictures, { recursive: true });
  const [first = '', second = '', third = ''] = walk.lab.keys;
  await step(walk, '1 see the cluster', () => see(walk, first));
  await step(walk, '2 promote a replica', () => change(walk, second, promotes, '2-plan'));
  await step(walk, '3 servers and screen agree', () => agree(walk, second, isHealthy(second)));
  await picture(walk, '3-promoted');
  await step(walk, '4 the master crashes', () => crash(walk, second));
  await step(walk, '5 promote another', () => change(walk, third, promotes, '5-plan'));
  await step(walk, '6 servers and screen agree', () => agree(walk, third, leads(third)));
  await picture(walk, '6-failed-over');
  await step(walk, '7 start the old master', () => start(walk, second));
  await step(walk, '8 rejoin it', () => change(walk, second, rejoins, '8-plan'));
  await step(walk, '9 servers and screen agree', () => agree(walk, third, isHealthy(third)));
  await picture(walk, '9-rejoined');
}

async function see(walk: Walk, master: string): Promise<void> {
  const { workbench, lab } = walk;
  await workbench.openView('Switchover');
  for (const key of lab.keys) {
    await row(workbench, key).waitFor({ timeout: limitMs });
  }
  const status = workbench.statusItem('switchover.switchover.status');
  await status.filter({ hasText: master }).waitFor({ timeout: limitMs });
  await workbench.command('Switchover: Open Topology');
  const cards = workbench.webview().locator('instance-card');
  await eventually(
    'three cards in the panel',
    async () => (await cards.count()) === lab.keys.length,
  );
  await picture(walk, '1-healthy');
}

/** Asks for a plan, reads it, confirms it, and waits for its end in the panel. */
async function change(walk: Walk, key: string, command: string, pictured: string): Promise<void> {
  const { workbench } = walk;
  const sheet = workbench.webview().locator('plan-sheet');
  const run = sheet.locator('vscode-button.run');
  await workbench.contextMenuUntil(row(workbench, key), command, run);
  await run.waitFor({ timeout: limitMs });
  await picture(walk, pictured);
  const typed = sheet.locator('vscode-text-field.typed input');
  if (await typed.isVisible()) {
    // Where something may be lost, the name of the cluster is typed; nothing more is asked then.
    await typed.fill('lab');
    await run.click();
  } else {
    await run.click();
    const dialog = workbench.dialog(key);
    const sentence = command === rejoins ? sentences.confirmRejoin : sentences.confirmPromote;
    const name = walk.words.t(sentence, { instance: '' }).trim();
    await dialog.getByRole('button', { name }).click();
  }
  await workbench.webview().locator('run-view .says').waitFor({ timeout: limitMs });
  await sheet.locator('vscode-button.run').waitFor({ state: 'hidden', timeout: limitMs });
}

async function crash(walk: Walk, master: string): Promise<void> {
  const { workbench, lab } = walk;
  await lab.crash(master);
  await until(walk, (it) => JSON.stringify(it.findings).includes('DeadMaster'));
  const status = workbench.statusItem('switchover.switchover.status');
  await eventually('the status bar warns', async () =>
    /error|warning/.test((await status.getAttribute('class')) ?? ''),
  );
  await picture(walk, '4-master-crashed');
}

async function start(walk: Walk, key: string): Promise<void> {
  const { workbench } = walk;
  // Its replicas have left it on the screen too: a menu of a row that is drawn anew forgets which row it was.
  const alone = row(workbench, key).and(workbench.page.locator(':not([aria-expanded])'));
  await alone.waitFor({ timeout: limitMs });
  await workbench.contextMenu(alone, 'Start Lab Instance');
  await until(walk, (it) => it.instances.every(({ alive }) => alive));
  const gone = row(workbench, key).locator('.codicon-debug-disconnect');
  await gone.waitFor({ state: 'hidden', timeout: limitMs });
  await picture(walk, '7-old-master-back');
}

/** The servers are as they should be, and the status bar names their master. */
async function agree(
  walk: Walk,
  master: string,
  holds: (cluster: SeenCluster) => boolean,
): Promise<void> {
  await until(walk, holds);
  const status = walk.workbench.statusItem('switchover.switchover.status');
  await status.filter({ hasText: master }).waitFor({ timeout: limitMs });
}

function leads(master: string): (cluster: SeenCluster) => boolean {
  return ({ master: seen, instances }) =>
    seen === master && instances.some(({ alive, source }) => alive && source === master);
}

/** One master, the others replicate from it, and nothing is wrong. */
function isHealthy(master: string): (cluster: SeenCluster) => boolean {
  return ({ master: seen, instances, findings }) =>
    seen === master &&
    findings.length === 0 &&
    instances.length === 3 &&
    instances.every((it) => it.alive && it.source === (it.instance === master ? null : master));
}

async function until({ lab }: Walk, holds: (cluster: SeenCluster) => boolean): Promise<void> {
  let seen: SeenCluster | undefined;
  try {
    await eventually('the servers agree', async () => {
      seen = await lab.look();
      return holds(seen);
    });
  } catch (cause) {
    throw new Error(`The servers say: ${JSON.stringify(seen, null, 2)}`, { cause });
  }
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`Not within ${limitMs / 1000} s: ${what}`);
    }
    await pause(200);
  }
}

function row(workbench: Workbench, key: string): Locator {
  return workbench.treeRow(key).first();
}

async function step(
  { tell, workbench, pictures }: Walk,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  const startedAt = Date.now();
  try {
    await work();
  } catch (error) {
    await workbench.page.screenshot({ path: join(pictures, 'failed.png') });
    tell(`  FAIL  ${name}`);
    throw error;
  }
  tell(`  ok    ${name.padEnd(44)} ${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`);
}

async function picture({ workbench, pictures }: Walk, name: string): Promise<void> {
  await workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
}
