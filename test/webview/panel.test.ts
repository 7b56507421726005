import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended } from '../../src/core/record/recovery-record.ts';
import { korean } from '../support/builders/korean.ts';
import { buildPage, openBrowser, openPanel } from '../support/harness/panel/panel-page.ts';
import type { OpenedPanel, PanelOptions } from '../support/harness/panel/panel-page.ts';
import { runningRecovery, sampleNow, samples } from '../support/harness/panel/samples.ts';
import { themeNames } from '../support/builders/panel/themes.ts';
import { watchOf } from '../unit/extension/ui/states.ts';

let browser: Browser;
let script: string;

beforeAll(async () => {
  [browser, script] = await Promise.all([openBrowser(), buildPage()]);
});

afterAll(async () => browser.close());

async function open(sample: string, options: Partial<PanelOptions> = {}): Promise<OpenedPanel> {
  const state = samples[sample];
  if (state === undefined) throw new Error(`No sample is called ${sample}.`);
  return openPanel(browser, state(), { script, ...options });
}

async function closed(panel: OpenedPanel): Promise<void> {
  expect(panel.complaints).toEqual([]);
  expect(panel.logged).toEqual([]);
  await panel.page.context().close();
}

/** Texts that are wider than their box and not shortened with an ellipsis, and a page wider than its window. */
async function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(() => {
    const found = [];
    const walk = (root) => {
      for (const it of root.querySelectorAll('*')) {
        if (it.shadowRoot) walk(it.shadowRoot);
        const style = getComputedStyle(it);
        const hidden = style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis';
        const plain = it.clientWidth > 1 && it.scrollWidth > it.clientWidth + 1;
        const scene = it.matches('.viewport, topology-canvas, .page, main, body, html');
        if (hidden && plain && !scene) found.push(it.tagName + '.' + it.className);
        if (it.matches('instance-card') && it.scrollHeight > it.clientHeight + 1) found.push('card ' + it.dataset.instance);
      }
    };
    walk(document);
    if (document.documentElement.scrollWidth > innerWidth) found.push('page');
    return found;
  })()`);
}

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap((it) =>
    it.nodes.map((node) => `${it.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  );
}

test.each(Object.keys(samples))(
  '%s: every instance has its card, nothing is cut off',
  async (name) => {
    const panel = await open(name);
    const cards = await panel.page.locator('instance-card').count();
    expect(cards).toBe(panel.backend.state.topology.members.length);
    expect(await cutOff(panel.page)).toEqual([]);
    await closed(panel);
  },
);

test.each([...themeNames, 'korean'] as const)(
  'who keeps the watch is in the header, fits, and can be changed there (%s)',
  async (look) => {
    const panel = await open('healthy', look === 'korean' ? { words: korean() } : { theme: look });
    const proxy = {
      kind: 'embedded',
      listen: '127.0.0.1:6033',
      state: 'leading',
      target: 'db1:3306',
      connections: 3,
      problem: null,
    } as const;
    const strip = panel.page.locator('watch-strip');
    panel.show({ ...panel.backend.state, watch: watchOf({ proxies: [proxy] }) });
    await strip.locator('.proxy').waitFor();
    expect(await cutOff(panel.page)).toEqual([]);
    expect(await violations(panel.page)).toEqual([]);
    await strip.locator('.change').click();
    await expect.poll(() => panel.sent.at(-1)).toEqual({ kind: 'watch', action: 'disarm' });
    await closed(panel);
  },
);

test.each(themeNames)('axe finds nothing to complain about in %s', async (theme) => {
  const panel = await open('wrong-password', { theme });
  await panel.page.locator('instance-card', { hasText: 'db3' }).click();
  await panel.page.locator('#tab-replication').click();
  expect(await violations(panel.page)).toEqual([]);
  await panel.session.propose({ kind: 'promote', instance: 'db2:3306', acceptLoss: false });
  await panel.page.locator('plan-sheet h2').waitFor();
  expect(await violations(panel.page)).toEqual([]);
  await closed(panel);
});

test('a click chooses a card: its details open, and the host hears of it', async () => {
  const panel = await open('healthy');
  await panel.page.locator('instance-card', { hasText: 'db2' }).click();
  await panel.page.locator('details-pane dd', { hasText: 'db2:3306' }).first().waitFor();
  expect(panel.sent).toContainEqual({ kind: 'select', instance: 'db2:3306' });
  await panel.page.locator('#tab-replication').click();
  await panel.page.locator('status-view h4', { hasText: 'Threads' }).waitFor();
  await panel.page.locator('status-view .toggle').click();
  const raw = await panel.page.locator('status-view pre').innerText();
  expect(raw).toContain('*************************** 1. row');
  expect(raw).toContain('Slave_IO_Running: Yes');
  await panel.page.locator('status-view .copy').click();
  await expect.poll(() => panel.copied).toHaveLength(1);
  expect(panel.copied[0]).toContain('SHOW ALL SLAVES STATUS\\G');
  await closed(panel);
});

test('the tree is walked by keys, opened by Enter, and its menu by Shift+F10', async () => {
  const panel = await open('lagging');
  const tree = panel.page.getByRole('tree');
  const active = async (): Promise<string | null> => {
    const id = await tree.getAttribute('aria-activedescendant');
    return panel.page.locator(`#${id ?? 'none'}`).getAttribute('data-instance');
  };
  await tree.focus();
  expect(await active()).toBe('db1:3306');
  await panel.page.keyboard.press('ArrowRight');
  expect(await active()).toBe('db2:3306');
  await panel.page.keyboard.press('ArrowRight');
  expect(await active()).toBe('db3:3306');
  await panel.page.keyboard.press('ArrowLeft');
  await panel.page.keyboard.press('Shift+F10');
  const context = await panel.page.locator('topology-app').getAttribute('data-vscode-context');
  expect(JSON.parse(context ?? '{}')).toEqual({
    webviewSection: 'instance',
    instance: 'db2:3306',
    cluster: 'orders',
    role: 'replica',
    instanceTraits: 'instance+replica',
    preventDefaultContextMenuItems: true,
  });
  await panel.page.keyboard.press('Enter');
  await panel.page.locator('details-pane h2', { hasText: 'db2' }).waitFor();
  await panel.page.keyboard.press('End');
  expect(await active()).toBe('db3:3306');
  await closed(panel);
});

test('a right click on a card leaves its context where the editor looks for it', async () => {
  const panel = await open('healthy');
  await panel.page.locator('instance-card', { hasText: 'db3' }).click({ button: 'right' });
  const context = await panel.page.locator('topology-app').getAttribute('data-vscode-context');
  expect(JSON.parse(context ?? '{}')).toMatchObject({
    webviewSection: 'instance',
    instance: 'db3:3306',
  });
  await closed(panel);
});

test('promote: the plan is shown with its SQL, Cancel has the focus, and nothing runs before the button', async () => {
  const panel = await open('healthy');
  const { page, backend } = panel;
  await page.locator('instance-card', { hasText: 'db2' }).click();
  await page.locator('details-pane .promote').click();
  await page.locator('plan-sheet h2', { hasText: 'Promote db2 to master of orders' }).waitFor();
  expect(
    await page.evaluate(
      'document.activeElement.shadowRoot.activeElement.shadowRoot.activeElement.className',
    ),
  ).toContain('cancel');
  const sheet = await page.locator('plan-sheet section').innerText();
  expect(sheet).toContain('SET GLOBAL read_only = ON');
  expect(await cutOff(page)).toEqual([]);
  await page.locator('plan-sheet .copy').click();
  await expect.poll(() => panel.copied).toHaveLength(1);
  await page.keyboard.press('Escape');
  await page.locator('plan-sheet').waitFor({ state: 'detached' });
  expect(backend.ran).toEqual([]);
  await closed(panel);
});

test('the run is seen step by step, can be cancelled, and ends in one line', async () => {
  const panel = await open('healthy');
  const { page, backend } = panel;
  const ending = new EventTarget();
  let aborted = false;
  backend.onRun = async (plan, signal) => {
    signal.addEventListener('abort', () => (aborted = true));
    const recovery = runningRecovery(plan, 2);
    panel.show({ ...backend.state, running: recovery });
    await new Promise((done) => ending.addEventListener('end', done));
    panel.show({ ...backend.state, running: null });
    return {
      kind: 'ran',
      recovery: ended(recovery, { state: 'succeeded', at: sampleNow, writeStopMs: 84 }),
    };
  };
  await panel.session.propose({ kind: 'promote', instance: 'db2:3306', acceptLoss: false });
  await page.locator('plan-sheet .run').click();
  await page.locator('run-view li.running').waitFor();
  expect(await page.locator('run-view li.done').count()).toBe(2);
  expect(backend.ran.map((it) => it.headline)).toHaveLength(1);
  await page.locator('run-view .stop').click();
  await expect.poll(() => aborted).toBe(true);
  ending.dispatchEvent(new Event('end'));
  await page
    .locator('run-view .says', { hasText: 'Done: Promote db2 to master of orders' })
    .waitFor();
  expect(await page.locator('run-view .line').innerText()).toContain('Writes stopped for 0.08 s.');
  expect(await page.getByRole('alert').innerText()).toContain('Done:');
  await page.locator('run-view .dismiss').click();
  await page.locator('run-view').waitFor({ state: 'detached' });
  await closed(panel);
});

test('in production the button waits for the name of the cluster', async () => {
  const panel = await open('healthy', { environment: 'production' });
  const { page, backend } = panel;
  await panel.session.propose({ kind: 'promote', instance: 'db2:3306', acceptLoss: false });
  await page.locator('plan-sheet .run').click({ force: true });
  await page.locator('plan-sheet .typed').click();
  await page.keyboard.type('order');
  expect(await page.locator('plan-sheet .run').getAttribute('disabled')).not.toBeNull();
  await page.keyboard.type('s');
  await expect.poll(() => page.locator('plan-sheet .run').getAttribute('disabled')).toBeNull();
  expect(panel.sent).not.toContainEqual(expect.objectContaining({ kind: 'run' }));
  await page.locator('plan-sheet .run').click();
  await expect
    .poll(() => panel.sent)
    .toContainEqual(expect.objectContaining({ kind: 'run', typed: 'orders' }));
  await expect.poll(() => backend.ran).toHaveLength(1);
  await panel.page.context().close();
});

test('a refusal says why, and what to do', async () => {
  const panel = await open('wrong-password');
  const { page } = panel;
  await page.locator('instance-card', { hasText: 'db3' }).click();
  await page.locator('details-pane .promote').click();
  await page.locator('plan-sheet h2', { hasText: 'db3 cannot be promoted now' }).waitFor();
  const sheet = await page.locator('plan-sheet section').innerText();
  expect(sheet).toContain('Why not');
  expect(sheet).toContain('What to do');
  expect(await page.locator('plan-sheet .run').count()).toBe(0);
  await page.locator('plan-sheet .cancel').click();
  await page.locator('plan-sheet').waitFor({ state: 'detached' });
  await closed(panel);
});

test('a new state is drawn within a second, and the cards keep their places', async () => {
  const panel = await open('healthy');
  const next = samples['master-dead']?.();
  if (next === undefined) throw new Error('no sample');
  const card = panel.page.locator('instance-card', { hasText: 'db2' });
  await card.evaluate((it) => Reflect.set(it, 'marked', true));
  const before = performance.now();
  panel.show(next);
  await panel.page
    .locator('finding-banner', { hasText: 'db1:3306 is dead' })
    .waitFor({ timeout: 1000 });
  expect(performance.now() - before).toBeLessThan(1000);
  expect(await panel.page.locator('instance-card[ghost]').count()).toBe(1);
  expect(await card.evaluate((it): unknown => Reflect.get(it, 'marked'))).toBe(true);
  await closed(panel);
});

test('what was chosen is remembered for the next start', async () => {
  const panel = await open('healthy');
  await panel.page.locator('instance-card', { hasText: 'db3' }).click();
  await panel.page.locator('#tab-replication').click();
  await expect
    .poll(() => panel.page.evaluate('globalThis.remembered'))
    .toMatchObject({ cluster: 'orders', selected: 'db3:3306', tab: 'replication' });
  await closed(panel);
});

test('narrow: the details stand below the tree', async () => {
  const panel = await open('healthy', { width: 520, height: 760 });
  await panel.page.locator('instance-card', { hasText: 'db2' }).click();
  const tree = await panel.page.locator('topology-canvas').boundingBox();
  const details = await panel.page.locator('details-pane').boundingBox();
  expect(details?.y).toBeGreaterThanOrEqual((tree?.y ?? 0) + (tree?.height ?? 0));
  expect(await cutOff(panel.page)).toEqual([]);
  await closed(panel);
});

test('in Korean the page speaks Korean, and nothing is cut off', async () => {
  const panel = await open('master-dead', { words: korean(), language: 'ko' });
  await panel.page.locator('instance-card', { hasText: 'db2' }).click();
  await panel.page.locator('finding-banner', { hasText: '마스터가 중단되었습니다' }).waitFor();
  expect(await panel.page.locator('html').getAttribute('lang')).toBe('ko');
  expect(await panel.page.locator('details-pane .actions').innerText()).toContain('승격');
  expect(await cutOff(panel.page)).toEqual([]);
  await closed(panel);
});
