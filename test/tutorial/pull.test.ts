import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docker } from '../docker/containers.ts';
import { Registry } from '../docker/registry.ts';
import { launchBrowser } from '../workbench/browser.ts';
import { globalStorageOf, startCodeServer, type CodeServer } from '../workbench/code-server.ts';
import { openWorkbench, type Workbench } from '../workbench/workbench.ts';
import { choose, limitMs } from './stage.ts';

// The lab's image is not here: a person sees how far the pull is, leaves off, and begins again.
const out = resolve(import.meta.dirname, '../../out');
const pictures = join(out, 'pull');
let registry: Registry;
let image: string;
let server: CodeServer;
let browser: Browser;
let workbench: Workbench;

beforeAll(async () => {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  mkdirSync(pictures, { recursive: true });
  registry = await Registry.start();
  image = await registry.holdMariadb();
  server = await startCodeServer({
    vsix: [join(out, vsix)],
    settings: {
      'switchover.clusters': [],
      'switchover.language': 'en',
      'switchover.labImage': image,
    },
  });
  browser = await launchBrowser();
  workbench = await openWorkbench(server, browser);
});

afterAll(async () => {
  await browser?.close();
  if (server !== undefined) await endLab();
  await server?.stop();
  if (image !== undefined) await registry.forget(image).catch(() => undefined);
  await registry?.end();
});

async function endLab(): Promise<void> {
  const state = globalStorageOf(server.folder, 'switchover.switchover');
  const cli = resolve(import.meta.dirname, '../../dist/cli.js');
  await promisify(execFile)(process.execPath, [cli, 'lab', 'down', '--state', state]);
}

async function picture(name: string): Promise<void> {
  await workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
}

async function createLab(): Promise<void> {
  await workbench.command('Switchover: Create Lab Cluster');
  await choose(workbench, 'Docker');
}

test('the pull of an image is shown with how far it is, and ends at a click', async () => {
  registry.way.slowTo(2);
  await createLab();
  const notification = workbench.notification(/: [1-9]\d* of \d+ MB/);
  await notification.waitFor({ timeout: limitMs });
  await picture('1-pulling');
  await notification.getByRole('button', { name: 'Cancel' }).click();
  await workbench.notification('Pulling').waitFor({ state: 'detached', timeout: limitMs });
  await picture('2-cancelled');
  expect(await docker('ps', '--all', '--quiet', '--filter', `ancestor=${image}`)).toBe('');
  expect(await docker('images', '--quiet', image)).toBe('');
});

test('begun again it goes through, and three servers are drawn', async () => {
  registry.way.slowTo(50);
  await createLab();
  await workbench.webview().locator('instance-card').nth(2).waitFor({ timeout: limitMs });
  await picture('3-drawn');
  expect(await docker('images', '--quiet', image)).not.toBe('');
});
