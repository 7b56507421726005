import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { phrase } from '../../src/core/model/phrase.ts';
import { buildPage, openBrowser, openPanel } from '../support/harness/panel/panel-page.ts';
import { samples } from '../support/harness/panel/samples.ts';
import { planOf } from '../support/builders/sample-plan.ts';

let browser: Browser;
let script: string;

beforeAll(async () => {
  [browser, script] = await Promise.all([openBrowser(), buildPage()]);
});

afterAll(async () => browser?.close());

test('a wrong replication password is fixed from its banner: the plan comes first', async () => {
  const state = samples['wrong-password']?.();
  if (state === undefined) throw new Error('no sample');
  const panel = await openPanel(browser, state, { script });
  const wish = { kind: 'fix', instance: 'db3:3306', item: 'ReplicationCredentialsWrong' };
  const headline = phrase('Fix {item} on {instance}', { item: wish.item, instance: wish.instance });
  panel.backend.decision = { kind: 'act', plan: { ...planOf(2), kind: 'fix', headline } };
  await panel.page.locator('finding-banner', { hasText: 'cannot log in' }).locator('.fix').click();
  await panel.page
    .locator('plan-sheet h2', { hasText: 'Fix ReplicationCredentialsWrong on db3' })
    .waitFor();
  expect(panel.sent).toContainEqual({ kind: 'plan', wish });
  expect(panel.backend.ran).toEqual([]);
  await panel.page.locator('plan-sheet .cancel').click();
  expect(panel.complaints).toEqual([]);
  await panel.page.context().close();
});
