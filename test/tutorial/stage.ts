import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Locator } from 'playwright-core';
import { z } from 'zod';
import type { Sandbox } from '../docker/containers.ts';
import { launchBrowser } from '../workbench/browser.ts';
import { globalStorageOf, startCodeServer, type CodeServer } from '../workbench/code-server.ts';
import { openWorkbench, type Workbench } from '../workbench/workbench.ts';
import { writeSettings } from '../workbench/write-settings.ts';
import { threeContainers } from './three-containers.ts';

export const limitMs = 60_000;

const out = resolve(import.meta.dirname, '../../out');
const cli = resolve(import.meta.dirname, '../../dist/cli.js');
const recoveriesSchema = z.object({
  recoveries: z.array(
    z.object({
      kind: z.string(),
      state: z.string(),
      trigger: z.string(),
      oldMaster: z.string().nullable(),
      newMaster: z.string(),
    }),
  ),
});

export type SeenRecovery = z.infer<typeof recoveriesSchema>['recoveries'][number];

/** Three containers, and a workbench that knows nothing of them. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly server: CodeServer;
  readonly workbench: Workbench;
  readonly picture: (name: string) => Promise<void>;
  /** The user's settings as they stand now. */
  readonly settings: () => Readonly<Record<string, unknown>>;
  /** Changes the user's settings in the editor. */
  readonly change: (more: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Newest first. */
  readonly recoveries: () => Promise<readonly SeenRecovery[]>;
  readonly end: () => Promise<void>;
}

export interface StageWish {
  /** The folder of the pictures, below `out`. */
  readonly pictures?: string;
  /** User settings, over those of a workbench that knows no cluster. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What `docker run` is told beside the rest. */
  readonly words?: readonly string[];
}

export async function raiseStage(wish: StageWish = {}): Promise<Stage> {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  const pictures = resolve(out, wish.pictures ?? 'tutorial');
  mkdirSync(pictures, { recursive: true });
  const sandbox = await threeContainers(wish.words);
  const ends: (() => Promise<unknown>)[] = [() => sandbox.remove()];
  const end = async (): Promise<void> => {
    for (const it of ends.toReversed()) await it();
  };
  try {
    const server = await startCodeServer({
      vsix: [resolve(out, vsix)],
      settings: { 'switchover.clusters': [], 'switchover.language': 'en', ...wish.settings },
    });
    ends.push(() => server.stop());
    const browser: Browser = await launchBrowser();
    ends.push(() => browser.close());
    const workbench = await openWorkbench(server, browser, { width: 1400, height: 1000 });
    const file = join(server.folder, 'user/User/settings.json');
    const settings: Stage['settings'] = () =>
      z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
    return {
      sandbox,
      server,
      workbench,
      picture: async (name) => {
        await workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
      },
      settings,
      change: async (more) => {
        const text = JSON.stringify({ ...settings(), ...more }, null, 2);
        await writeSettings(workbench, file, text);
      },
      recoveries: () => recoveriesIn(server),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function recoveriesIn({ folder }: CodeServer): Promise<readonly SeenRecovery[]> {
  const state = globalStorageOf(folder, 'switchover.switchover');
  const words = [cli, 'recoveries', '--json', '--state', state];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return recoveriesSchema.parse(JSON.parse(stdout)).recoveries;
}

/** Answers the box with this question; the one before may have looked the same. */
export async function answer({ page }: Workbench, question: string, text: string): Promise<void> {
  const widget = page.locator('.quick-input-widget').filter({ hasText: question });
  const input = widget.locator('input.input');
  await input.waitFor({ timeout: limitMs });
  await input.fill(text);
  await page.keyboard.press('Enter');
  await widget.waitFor({ state: 'hidden', timeout: limitMs });
}

export async function choose(workbench: Workbench, label: string): Promise<void> {
  const choice = workbench.quickPick(label);
  await choice.waitFor({ timeout: limitMs });
  await choice.click();
}

export function row(workbench: Workbench, name: string): Locator {
  return workbench.treeRow(name).first();
}

/** Of the plan that is shown. */
export function runButton({ workbench }: Stage): Locator {
  return workbench.webview().locator('plan-sheet vscode-button.run');
}

/** Reads the plan that was asked for, runs it, and waits for its end in the panel. */
export async function runPlan(
  { workbench, picture }: Stage,
  { button, name }: { readonly button: RegExp; readonly name: string },
): Promise<void> {
  const sheet = workbench.webview().locator('plan-sheet');
  const run = sheet.locator('vscode-button.run');
  await run.waitFor({ timeout: limitMs });
  await picture(name);
  const typed = sheet.locator('vscode-text-field.typed input');
  if (await typed.isVisible()) {
    await typed.fill('orders');
    await run.click();
  } else {
    await run.click();
    const ask = workbench.page.locator('.monaco-dialog-box');
    await ask.getByRole('button', { name: button }).click();
  }
  await workbench.webview().locator('run-view .says').waitFor({ timeout: limitMs });
  await run.waitFor({ state: 'hidden', timeout: limitMs });
}
