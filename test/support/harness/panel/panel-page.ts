import type { HeldLock } from '../../../../src/core/model/lock-answer.ts';
import type { CheckReport } from '../../../../src/core/model/doctor.ts';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { ClusterBackend, ClusterState, RunResult } from '../../../../src/core/backend.ts';
import type { Decision, Plan, PossibleSource, Wish } from '../../../../src/core/model/plan.ts';
import { PanelSession } from '../../../../src/extension/panel/panel-session.ts';
import { webviewHtml } from '../../../../src/extension/panel/webview-html.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import type { Localizer } from '../../../../src/protocol/localizer.ts';
import { sampleDecision, sampleNow } from './samples.ts';
import { themes } from '../../builders/panel/themes.ts';
import type { Theme } from '../../builders/panel/themes.ts';

const root = new URL('../../../../', import.meta.url);
const origin = 'http://panel.test';

/** The page's script, built once. */
export async function buildPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('webview/topology-app.ts', root))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** Debian's or the machine's own Chromium. */
export async function openBrowser(): Promise<Browser> {
  const found = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (it) => it !== undefined && existsSync(it),
  );
  return chromium.launch(
    found === undefined ? {} : { executablePath: found, args: ['--no-sandbox'] },
  );
}

export interface PanelOptions {
  readonly script: string;
  readonly theme?: keyof typeof themes;
  readonly width?: number;
  readonly height?: number;
  readonly words?: Localizer;
  readonly language?: string;
  readonly environment?: 'lab' | 'staging' | 'production';
}

/** A cluster whose states are set by the test and whose plans come from the engine's own planners. */
export class SampleCluster implements ClusterBackend {
  readonly cluster = 'orders';
  readonly ran: Plan[] = [];
  state: ClusterState;
  decision: Decision | undefined;
  onRun: (plan: Plan, signal: AbortSignal) => Promise<RunResult> = () =>
    Promise.reject(new Error('nothing runs here'));

  constructor(state: ClusterState) {
    this.state = state;
  }

  current(): ClusterState {
    return this.state;
  }

  onState(): () => void {
    return () => undefined;
  }

  refresh(): Promise<ClusterState> {
    return Promise.resolve(this.state);
  }

  plan(wish: Wish): Promise<Decision> {
    return Promise.resolve(this.decision ?? sampleDecision(this.state, wish));
  }

  sources(): Promise<readonly PossibleSource[]> {
    return Promise.resolve([]);
  }

  locks(): Promise<readonly HeldLock[]> {
    return Promise.resolve([]);
  }

  checkUp(): Promise<CheckReport> {
    return Promise.resolve({ cluster: this.cluster, at: 0, items: [], unasked: [] });
  }

  run(plan: Plan, signal: AbortSignal): Promise<RunResult> {
    this.ran.push(plan);
    return this.onRun(plan, signal);
  }

  watch(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.state = { ...this.state, running: null };
  }
}

/** The real page with the real session behind it, in a real browser; only the editor between them is played. */
export interface OpenedPanel {
  readonly page: Page;
  readonly session: PanelSession;
  readonly backend: SampleCluster;
  /** What the page asked for. */
  readonly sent: readonly unknown[];
  readonly copied: readonly string[];
  readonly logged: readonly string[];
  /** Errors and warnings of the page itself. */
  readonly complaints: readonly string[];
  show(state: ClusterState): void;
  /** As when the settings no longer name the cluster. */
  forget(): void;
}

export async function openPanel(
  browser: Browser,
  state: ClusterState,
  options: PanelOptions,
): Promise<OpenedPanel> {
  const { width = 1100, height = 700, language = 'en' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const backend = new SampleCluster(state);
  let isKnown = true;
  const sent: unknown[] = [];
  const copied: string[] = [];
  const logged: string[] = [];
  const complaints: string[] = [];
  page.on('console', (it) => {
    if (it.type() === 'error' || it.type() === 'warning') complaints.push(it.text());
  });
  page.on('pageerror', (it) => complaints.push(it.message));
  const session = new PanelSession(
    'orders',
    {
      words: { ...(options.words ?? english), language },
      find: () =>
        isKnown
          ? { backend, environment: options.environment ?? 'lab', monitor: undefined }
          : undefined,
      traitsOf: (card) => `instance+${card.role}`,
      prepare: () => Promise.resolve(),
      confirm: () => Promise.resolve(true),
      during: (run) => run,
      acknowledge: () => Promise.resolve(),
      changeWatch: () => Promise.resolve(),
      remedy: () => Promise.resolve(),
      changeMember: () => Promise.resolve(),
      copy: (text) => Promise.resolve(void copied.push(text)),
      openSettings: () => Promise.resolve(),
      log: (line) => logged.push(line),
      now: () => sampleNow,
    },
    (message) => {
      void page
        .evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`)
        .catch(() => undefined);
    },
  );
  await page.exposeFunction('toHost', (message: unknown) => {
    sent.push(message);
    void session.receive(message);
  });
  await serve(page, options.script, language);
  await page.addInitScript(editorScript(themes[options.theme ?? 'dark']));
  await page.goto(`${origin}/`);
  await page.locator('instance-card').first().waitFor();
  return {
    page,
    session,
    backend,
    sent,
    copied,
    logged,
    complaints,
    show: (next) => {
      backend.state = next;
      session.changed();
    },
    forget: () => {
      isKnown = false;
      session.changed();
    },
  };
}

async function serve(page: Page, script: string, language: string): Promise<void> {
  const icons = new URL('node_modules/@vscode/codicons/dist/', root);
  const html = webviewHtml({
    cspSource: origin,
    nonce: 'bm9uY2U',
    script: `${origin}/topology.js`,
    icons: `${origin}/codicon.css`,
    language,
    title: 'orders',
  });
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      await route.fulfill({ contentType: 'text/html', body: html });
    } else if (pathname === '/topology.js') {
      await route.fulfill({ contentType: 'text/javascript', body: script });
    } else if (pathname.startsWith('/codicon.')) {
      await route.fulfill({ path: fileURLToPath(new URL(`.${pathname}`, icons)) });
    } else {
      await route.fulfill({ status: 204 });
    }
  });
}

/** Runs in the page before its script: what the editor gives to every webview. */
function editorScript({ bodyClass, colours }: Theme): string {
  return `
    let state;
    const toHost = globalThis.toHost;
    globalThis.acquireVsCodeApi = () => ({
      postMessage: (message) => toHost(message),
      getState: () => state,
      setState: (next) => { state = next; globalThis.remembered = next; },
    });
    document.addEventListener('DOMContentLoaded', () => {
      for (const [name, value] of Object.entries(${JSON.stringify(colours)})) {
        document.documentElement.style.setProperty('--vscode-' + name, value);
      }
      document.body.classList.add(${JSON.stringify(bodyClass)});
      document.body.style.background = 'var(--vscode-editor-background)';
    });`;
}
