import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { english } from '../../src/protocol/localizer.ts';
import { raiseDemoLab, type DemoLab } from '../demo/demo-lab.ts';
import { walkThrough } from '../demo/walk-through.ts';
import { launchBrowser } from './browser.ts';
import {
  globalStorageOf,
  newWorkbenchFolder,
  startCodeServer,
  type CodeServer,
} from './code-server.ts';
import { openWorkbench } from './workbench.ts';

const out = resolve(import.meta.dirname, '../../out');
const folder = newWorkbenchFolder();
let lab: DemoLab | undefined;
let server: CodeServer | undefined;
let browser: Browser | undefined;

beforeAll(async () => {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  lab = await raiseDemoLab(globalStorageOf(folder, 'switchover.switchover'));
  server = await startCodeServer({
    folder,
    vsix: [resolve(out, vsix)],
    settings: { 'switchover.clusters': lab.clusters },
  });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await lab?.down();
});

test('nobody is shown a workbench, or reaches its server, without its password', async () => {
  const { url = '', workspace = '', password = '' } = server ?? {};
  const page = await fetch(`${url}/?folder=${workspace}`, { redirect: 'manual' });
  expect([page.status, page.headers.get('location')]).toEqual([
    302,
    expect.stringContaining('/login'),
  ]);
  for (const path of ['/vscode-remote-resource?path=/etc/passwd', '/proxy/1', '/update/check']) {
    expect((await fetch(`${url}${path}`, { redirect: 'manual' })).status).toBeGreaterThanOrEqual(
      300,
    );
  }
  const wrong = await fetch(`${url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ password: `${password}x` }),
    redirect: 'manual',
  });
  expect(wrong.headers.get('set-cookie')).toBeNull();
});

test('a person sees a cluster, promotes a replica, loses the master, promotes another and brings the lost one back', async () => {
  if (lab === undefined || server === undefined || browser === undefined) {
    throw new Error('Not started.');
  }
  const told: string[] = [];
  const workbench = await openWorkbench(server, browser);
  await walkThrough({
    lab,
    workbench,
    pictures: resolve(out, 'workbench'),
    tell: (line) => told.push(line),
    words: english,
  });
  expect(told).toHaveLength(9);
});
