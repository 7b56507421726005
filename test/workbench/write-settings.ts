import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { until } from '../support/harness/until.ts';
import type { Workbench } from './workbench.ts';

const limitMs = 60_000;

/** Replaces the user's settings in an editor, as a person does: a workbench in a browser does not see its file change. */
export async function writeSettings(
  workbench: Workbench,
  file: string,
  text: string,
): Promise<void> {
  const { page } = workbench;
  await workbench.command('Preferences: Open User Settings (JSON)');
  const tab = workbench.editorTab(/settings\.json/);
  await tab.waitFor({ timeout: limitMs });
  await page.locator('.editor-instance .view-lines').first().click();
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  for (const keys of ['Control+A', 'Control+V', 'Control+S']) await page.keyboard.press(keys);
  await until('the settings are saved', () => readFileSync(file, 'utf8').trim() === text);
  await tab.click({ button: 'middle' });
  await tab.waitFor({ state: 'detached', timeout: limitMs });
}

export function readUserSettings(file: string): Readonly<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Changes the file itself, for the next workbench that is opened. */
export function changeSettings(file: string, change: object): void {
  const settings: unknown = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...Object(settings), ...change }, null, 2));
}

/** Changes the one cluster of the user's settings, in the editor. */
export async function changeCluster(
  workbench: Workbench,
  file: string,
  change: object,
): Promise<void> {
  const settings = z
    .looseObject({ 'switchover.clusters': z.tuple([z.looseObject({})]) })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  const [cluster] = settings['switchover.clusters'];
  const changed = { ...settings, 'switchover.clusters': [{ ...cluster, ...change }] };
  await writeSettings(workbench, file, JSON.stringify(changed, null, 2));
}
