import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../src/adapters/lab/free-ports.ts';
import { startClient, type BenchClient } from '../bench/client.ts';
import { raiseDemoLab, type DemoLab, type SeenRecovery } from '../demo/demo-lab.ts';
import { prepareForWriters, writtenIds } from '../servers/writers.ts';
import { until } from '../support/harness/until.ts';
import { launchBrowser } from './browser.ts';
import {
  globalStorageOf,
  newWorkbenchFolder,
  startCodeServer,
  type CodeServer,
} from './code-server.ts';
import { contenderNames, startContenders, type Contenders } from './contenders.ts';
import { crashBetweenRows } from './crash-between-rows.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const kills = Number(env['SWITCHOVER_KILLS'] ?? 3);
const limitMs = 60_000;
const root = resolve(import.meta.dirname, '../..');
const out = join(root, 'out');
const pictures = join(out, 'two-monitors');
const folder = newWorkbenchFolder();
const state = globalStorageOf(folder, 'switchover.switchover');
const statusId = 'switchover.switchover.status';
const stage: Partial<Stage> = {};
const config = join(state, 'monitors-of-the-test.json');

interface Stage {
  readonly lab: DemoLab;
  readonly server: CodeServer;
  readonly browser: Browser;
  /** An application that writes through the proxy all the time. */
  readonly client: BenchClient;
  readonly workbench: Workbench;
  readonly contenders: Contenders;
}

beforeAll(async () => {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  mkdirSync(pictures, { recursive: true });
  const lab = await raiseDemoLab(state);
  Object.assign(stage, { lab });
  await prepareForWriters(lab.server(lab.keys[0] ?? ''));
  const [port = 0] = await freePorts(1);
  const proxy = `127.0.0.1:${String(port)}`;
  const settings = {
    clusters: [{ ...Object(lab.clusters[0]), proxies: [{ kind: 'embedded', writer: proxy }] }],
    recoverMasterClusterFilters: ['*'],
  };
  writeFileSync(config, JSON.stringify(settings));
  const server = await startCodeServer({
    folder,
    vsix: [join(out, vsix)],
    settings: {
      'switchover.clusters': settings.clusters,
      'switchover.recoverMasterClusterFilters': settings.recoverMasterClusterFilters,
      'switchover.language': 'en',
    },
  });
  Object.assign(stage, { server });
  const browser = await launchBrowser();
  Object.assign(stage, { browser, client: startClient({ address: proxy, everyMs: 25 }) });
});

afterAll(async () => {
  await stage.client?.stop();
  await stage.browser?.close();
  await stage.contenders?.end();
  await stage.server?.stop();
  await stage.lab?.down();
});

function all(): Pick<Stage, 'lab' | 'server' | 'browser' | 'client'> {
  const { lab, server, browser, client } = stage;
  if (!lab || !server || !browser || !client) throw new Error('Not started.');
  return { lab, server, browser, client };
}

/** A window that watches by itself, and two monitors beside it. */
async function openAll(): Promise<Pick<Stage, 'workbench' | 'contenders'>> {
  const { server, browser } = all();
  const workbench = await openWorkbench(server, browser);
  const question = workbench.notification('Shall a background monitor keep the watch');
  await question.waitFor({ timeout: limitMs });
  await question.getByRole('button', { name: 'Only While VS Code Is Open' }).click();
  const status = workbench.statusItem(statusId).filter({ hasText: 'lab' });
  await status.waitFor({ timeout: limitMs });
  const reloadWindow = async (): Promise<void> => {
    await workbench.command('Developer: Reload Window');
    await workbench.page.waitForLoadState('domcontentloaded');
    await status.waitFor({ timeout: 90_000 });
  };
  const contenders = await startContenders({ state, config, reloadWindow });
  Object.assign(stage, { workbench, contenders });
  return { workbench, contenders };
}

async function writesGoOn(more: number): Promise<void> {
  const { client } = all();
  const before = client.acknowledgedCount();
  await until('rows are acknowledged', () => client.acknowledgedCount() >= before + more, limitMs);
}

/** One writable master, and all others follow it. */
async function isWell(): Promise<boolean> {
  const { instances, master, findings } = await all().lab.look();
  return findings.length === 0 && master !== null && instances.every((it) => it.alive);
}

/** The recoveries of one kind that are not among the known ones. */
async function fresh(kind: string, known: ReadonlySet<string>): Promise<readonly SeenRecovery[]> {
  const recoveries = await all().lab.recoveries();
  return recoveries.filter((it) => it.kind === kind && !known.has(it.id));
}

/** Kills the master, and waits until it is back below its successor. Returns who acted. */
async function killOnce(): Promise<string> {
  const { lab, client } = all();
  const known = new Set((await lab.recoveries()).map((it) => it.id));
  const { master } = await lab.look();
  await crashBetweenRows(lab, client, master ?? '');
  await until('a failover is recorded', async () => {
    const [failover] = await fresh('failover', known);
    return failover !== undefined && failover.state !== 'running';
  });
  await writesGoOn(100);
  const failovers = await fresh('failover', known);
  expect(failovers).toMatchObject([{ state: 'succeeded', trigger: 'DeadMaster' }]);
  await lab.acknowledge(failovers[0]?.id ?? '');
  await lab.start(master ?? '');
  await until('the old master is back', isWell, limitMs, () => lab.look());
  expect(await fresh('rejoin', known)).toMatchObject([{ state: 'succeeded' }]);
  expect(await fresh('failover', known)).toHaveLength(1);
  expect((await lab.look()).master).not.toBe(master);
  return failovers[0]?.actor ?? '';
}

test(
  `two monitors and a window watch one cluster: each of ${String(kills)} kills is answered exactly once, by each of them in turn`,
  async () => {
    const { workbench, contenders } = await openAll();
    await workbench.openView('Switchover');
    await until('the cluster is well', isWell, limitMs);
    await writesGoOn(50);
    const actors: string[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await contenders.giveWatchTo(contenderNames[kill % contenderNames.length] ?? 'window');
      actors.push(contenders.nameOf(await killOnce()));
    }
    await workbench.page.screenshot({ path: join(pictures, 'after-the-kills.png') });
    console.info(`${String(kills)} kills, one failover each, by ${actors.join(', ')}`);
    expect(actors).toHaveLength(kills);
    expect(new Set(actors)).toEqual(new Set(contenderNames.slice(0, kills)));
  },
  60_000 + kills * 60_000,
);

test('nobody acted twice, and no row that was acknowledged is lost', async () => {
  const { lab, client } = all();
  const recoveries = await lab.recoveries();
  expect(recoveries.filter((it) => it.kind === 'failover')).toHaveLength(kills);
  expect(recoveries.filter((it) => it.state !== 'succeeded')).toEqual([]);
  const report = await client.stop();
  const { master } = await lab.look();
  const there = await writtenIds(lab.server(master ?? ''));
  expect(report.acknowledged.filter((it) => !there.has(it.id))).toEqual([]);
  const longest = Math.round(report.longestGap.ms);
  console.info(
    `${String(report.acknowledged.length)} rows acknowledged, 0 lost, longest gap ${String(longest)} ms`,
  );
});
