// Draws every sample in every theme into out/gallery, for people to look at: `node test/webview/gallery.ts`.
import { mkdirSync } from 'node:fs';
import { argv } from 'node:process';
import { phrase } from '../../src/core/model/phrase.ts';
import type { Recovery } from '../../src/core/model/recovery.ts';
import { ended, withProblem, withStepEnded } from '../../src/core/record/recovery-record.ts';
import { korean } from '../support/builders/korean.ts';
import { buildPage, openBrowser, openPanel } from '../support/harness/panel/panel-page.ts';
import type { OpenedPanel, PanelOptions } from '../support/harness/panel/panel-page.ts';
import {
  runningRecovery,
  sampleDecision,
  sampleNow,
  samples,
} from '../support/harness/panel/samples.ts';

type Scene = readonly [
  name: string,
  sample: string,
  options: Partial<PanelOptions>,
  act?: (panel: OpenedPanel) => Promise<void>,
];

const choose =
  (label: string) =>
  async ({ page }: OpenedPanel) => {
    await page.locator('instance-card', { hasText: label }).first().click();
    await page.locator('details-pane dl').first().waitFor();
  };

const replication = (label: string) => async (panel: OpenedPanel) => {
  await choose(label)(panel);
  await panel.page.locator('#tab-replication').click();
};

const promote =
  (instance: string) =>
  async ({ page, session }: OpenedPanel) => {
    await session.propose({ kind: 'promote', instance, acceptLoss: false });
    await page.locator('plan-sheet h2').waitFor();
  };

const running = async (panel: OpenedPanel): Promise<void> => {
  const { page, backend } = panel;
  const decision = sampleDecision(backend.state, {
    kind: 'promote',
    instance: 'db2:3306',
    acceptLoss: false,
  });
  if (decision.kind === 'act')
    panel.show({ ...backend.state, running: runningRecovery(decision.plan, 4) });
  await page.locator('run-view ol.steps').waitFor();
};

/** As after an automatic failover that somebody must acknowledge: one replica did not follow. */
const result = async (panel: OpenedPanel): Promise<void> => {
  const { page, backend } = panel;
  const wish = { kind: 'promote', instance: 'db2:3306', acceptLoss: false } as const;
  const decision = sampleDecision(backend.state, wish);
  if (decision.kind === 'act') {
    const last = decision.plan.stages.flatMap((it) => it.lanes.flat()).length - 1;
    panel.show({ ...backend.state, recoveries: [halfDone(runningRecovery(decision.plan, last))] });
  }
  await page.locator('run-view .says').first().waitFor();
};

function halfDone(recovery: Recovery): Recovery {
  const because = phrase('{address} does not replicate from {source}: {because}.', {
    address: 'db3:3306',
    source: 'db2:3306',
    because: phrase('error {code}: {message}', {
      code: 1236,
      message: 'Could not find first log file name in binary log index file',
    }),
  });
  const step = recovery.steps.at(-1);
  if (step === undefined) return recovery;
  const { id, says } = step;
  const failed = withStepEnded(recovery, id, { state: 'failed', at: sampleNow, note: because });
  const told = withProblem(
    failed,
    phrase('Step {id} failed ({step}): {because}', { id, step: says, because }),
  );
  const end = { state: 'partial', at: sampleNow + 4_000, writeStopMs: 940 } as const;
  return { ...ended(told, end), trigger: 'DeadMaster' };
}

const inKorean = { words: korean(), language: 'ko', height: 1500 } as const;

const scenes: readonly Scene[] = [
  ['healthy', 'healthy', {}],
  ['healthy-light', 'healthy', { theme: 'light' }, choose('db2')],
  ['healthy-contrast', 'healthy', { theme: 'contrast' }, choose('db2')],
  ['master-dead', 'master-dead', {}],
  ['master-dead-light', 'master-dead', { theme: 'light' }],
  ['master-dead-contrast', 'master-dead', { theme: 'contrast' }, choose('db1')],
  ['wrong-password', 'wrong-password', {}, replication('db3')],
  ['lagging', 'lagging', {}, replication('db2')],
  [
    'raw',
    'lagging',
    {},
    async (panel) => {
      await replication('db2')(panel);
      await panel.page.locator('status-view .toggle').click();
    },
  ],
  ['two-masters', 'two-masters', {}],
  ['co-masters', 'co-masters', {}],
  ['plan', 'healthy', {}, promote('db2:3306')],
  [
    'plan-light-production',
    'healthy',
    { theme: 'light', environment: 'production' },
    promote('db2:3306'),
  ],
  ['plan-contrast', 'master-dead', { theme: 'contrast' }, promote('db2:3306')],
  ['refusal', 'wrong-password', {}, promote('db3:3306')],
  ['running', 'healthy', {}, running],
  ['thirty', 'thirty', {}],
  ['thirty-details', 'thirty', {}, choose('orders-01')],
  ['unheard', 'unheard', {}],
  ['unheard-light', 'unheard', { theme: 'light' }, choose('orders-12')],
  ['unheard-contrast', 'unheard', { theme: 'contrast' }, choose('orders-06')],
  ['unheard-korean', 'unheard', inKorean, choose('orders-12')],
  ['narrow', 'healthy', { width: 520, height: 760 }, replication('db2')],
  ['korean', 'master-dead', { words: korean(), language: 'ko' }, choose('db2')],
  [
    'korean-plan',
    'healthy',
    { words: korean(), language: 'ko', environment: 'production' },
    promote('db2:3306'),
  ],
  ['korean-plan-failover', 'master-dead', inKorean, promote('db2:3306')],
  ['korean-plan-whole', 'healthy', inKorean, promote('db2:3306')],
  ['korean-refusal', 'wrong-password', inKorean, promote('db3:3306')],
  ['korean-running', 'healthy', inKorean, running],
  ['korean-result', 'master-dead', inKorean, result],
];

const folder = new URL('../../out/gallery/', import.meta.url).pathname;
mkdirSync(folder, { recursive: true });
const only = argv[2];
const script = await buildPage();
const browser = await openBrowser();
for (const [name, sample, options, act] of scenes.filter(
  ([it]) => only === undefined || it.includes(only),
)) {
  const state = samples[sample];
  if (state === undefined) throw new Error(`No sample is called ${sample}.`);
  const panel = await openPanel(browser, state(), { script, ...options });
  await act?.(panel);
  await panel.page.evaluate('document.fonts.ready');
  await panel.page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
  );
  await panel.page.screenshot({ path: `${folder}${name}.png` });
  for (const it of [...panel.complaints, ...panel.logged]) console.log(`${name}: ${it}`);
  await panel.page.context().close();
}
await browser.close();
console.log(`${folder}: ${String(scenes.length)} pictures`);
