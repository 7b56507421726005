import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { phrase } from '../../src/core/model/phrase.ts';
import type { Plan } from '../../src/core/model/plan.ts';
import type { Recovery } from '../../src/core/model/recovery.ts';
import { ended } from '../../src/core/record/recovery-record.ts';
import { buildPage, openBrowser, openPanel } from '../support/harness/panel/panel-page.ts';
import { runningRecovery, sampleNow, samples } from '../support/harness/panel/samples.ts';

let browser: Browser;
let script: string;

beforeAll(async () => {
  [browser, script] = await Promise.all([openBrowser(), buildPage()]);
});

afterAll(async () => browser?.close());

function done(plan: Plan, at: number): Recovery {
  return ended(runningRecovery(plan, 2), { state: 'succeeded', at, writeStopMs: 84 });
}

test('what ended here gives way to a failover that came after it, until that is acknowledged', async () => {
  const state = samples['healthy']?.();
  if (state === undefined) throw new Error('no sample');
  const panel = await openPanel(browser, state, { script });
  const { page, backend, session, complaints } = panel;
  backend.onRun = async (plan) => ({ kind: 'ran', recovery: done(plan, sampleNow) });
  await session.propose({ kind: 'promote', instance: 'db2:3306', acceptLoss: false });
  await page.locator('plan-sheet .run').click();
  const says = page.locator('run-view .says');
  await says.filter({ hasText: 'Done: Promote db2' }).waitFor();
  const [plan] = backend.ran;
  if (plan === undefined) throw new Error('Nothing ran.');

  const values = { instance: 'db3:3306', cluster: 'orders' };
  const failover: Recovery = {
    ...done(plan, sampleNow + 60_000),
    trigger: 'DeadMaster',
    headline: phrase('Promote {instance} to master of {cluster}', values),
    newMaster: 'db3:3306',
    subject: 'db3:3306',
    openedAt: sampleNow + 59_000,
  };
  panel.show({ ...backend.state, recoveries: [failover] });
  await says.filter({ hasText: 'Promote db3' }).waitFor();
  const acknowledge = page.locator('run-view').getByRole('button', { name: 'Acknowledge' });
  expect(await acknowledge.count()).toBe(1);

  const acknowledgement = { at: sampleNow + 70_000, by: 'kim', comment: '' };
  panel.show({ ...backend.state, recoveries: [{ ...failover, acknowledgement }] });
  await page.locator('run-view').waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a cluster that the settings no longer name is not looked for any more', async () => {
  const state = samples['healthy']?.();
  if (state === undefined) throw new Error('no sample');
  const panel = await openPanel(browser, state, { script });
  const { page } = panel;
  panel.forget();
  await page.getByText('The settings name no cluster orders.').waitFor();
  expect(await page.locator('vscode-progress-ring').count()).toBe(0);
  expect(await page.locator('instance-card').count()).toBe(0);
  expect(panel.complaints).toEqual([]);
  await page.context().close();
});
