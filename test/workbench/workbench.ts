import { resolve } from 'node:path';
import { format } from 'node:util';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import type { CodeServer } from './code-server.ts';

export interface OpenOptions {
  /** An extension under development and the tests to run inside of it. */
  readonly inside?: {
    readonly extension: string;
    readonly tests: string;
    /** Told how it ended: 0 when all passed. */
    ended(code: number): void;
    said(line: string): void;
  };
  readonly width?: number;
  readonly height?: number;
}

/** Opens the workbench of a server, and waits until it is drawn. */
export async function openWorkbench(
  server: CodeServer,
  browser: Browser,
  { inside, width = 1280, height = 800 }: OpenOptions = {},
): Promise<Workbench> {
  const context = await browser.newContext({
    viewport: { width, height },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await logIn(context, server);
  const page = await context.newPage();
  const address = new URL(server.url);
  address.searchParams.set('folder', server.workspace);
  if (inside !== undefined) {
    await page.exposeFunction('codeAutomationLog', (_type: string, words: readonly unknown[]) =>
      inside.said(format(...words)),
    );
    await page.exposeFunction('codeAutomationExit', (code: number) => inside.ended(code));
    address.searchParams.set(
      'payload',
      JSON.stringify([
        ['extensionDevelopmentPath', onServer(address.host, inside.extension)],
        ['extensionTestsPath', onServer(address.host, inside.tests)],
      ]),
    );
  }
  await page.goto(address.href, { waitUntil: 'domcontentloaded' });
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 90_000 });
  return new Workbench(page);
}

/** As a person does on the page that asks for the password; every page of the context is let in then. */
export async function logIn(
  context: BrowserContext,
  { url, password }: Pick<CodeServer, 'url' | 'password'>,
): Promise<void> {
  const answer = await context.request.post(`${url}/login`, {
    form: { password },
    maxRedirects: 0,
  });
  if (answer.status() !== 302) {
    throw new Error(`The workbench does not take its own password: ${String(answer.status())}.`);
  }
}

function onServer(authority: string, path: string): string {
  return `vscode-remote://${authority}${resolve(path)}`;
}

/** What a person does in a workbench, and where to look. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Runs a command by its title in the palette. A panel that has just loaded takes the focus, which closes the palette. */
  async command(title: string): Promise<void> {
    for (let attempt = 1; !(await this.#findCommand(title)); attempt += 1) {
      if (attempt === 3) throw new Error(`The palette does not show: ${title}`);
      await this.page.keyboard.press('Escape');
    }
    await this.page.keyboard.press('Enter');
  }

  /** Leaves the palette open with the command on top; false when it closed or has no such command. */
  async #findCommand(title: string): Promise<boolean> {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.page.keyboard.press('F1');
    try {
      await input.fill(`>${title}`, { timeout: 10_000 });
      await this.quickPick(title.replace(/^.*: /, '')).waitFor({ timeout: 10_000 });
      return true;
    } catch {
      return false;
    }
  }

  /** Types into the box that a command opened, and confirms. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(text);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** Clicks until this is shown. Once a click on the status bar brought nothing, and nobody knows why. */
  async clickFor(what: Locator, shown: Locator): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await what.click();
      try {
        await shown.waitFor({ timeout: 10_000 });
        return;
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  /** A row of the quick pick that is open. */
  quickPick(label: string): Locator {
    return this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: label })
      .first();
  }

  /** Opens a view container by its title in the activity bar; one that is open stays so. */
  async openView(title: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: title });
    if ((await tab.getAttribute('aria-selected')) !== 'true') {
      await tab.click();
    }
  }

  /** Rows of the side bar's trees with this very label, whatever their description says. */
  treeRow(label: string): Locator {
    return this.page
      .locator('.part.sidebar .pane-body [role="treeitem"]')
      .filter({ has: this.page.locator('.label-name').getByText(label, { exact: true }) });
  }

  async expand(label: string): Promise<void> {
    const row = this.treeRow(label).first();
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.locator('.monaco-tl-twistie').click();
    }
  }

  /** Picks an item of the context menu of what is pointed at: a row, a card of the panel. */
  async contextMenu(of: Locator, item: string): Promise<void> {
    await of.click({ button: 'right' });
    const entry = this.page.locator('.monaco-menu .action-item').filter({ hasText: item }).first();
    await entry.waitFor();
    await entry.hover();
    // The menu takes a mouse-up within its first 100 ms for the end of the click that opened it.
    await this.page.waitForTimeout(200);
    await entry.click();
  }

  /**
   * Picks an item of a context menu, until what it opens is there. A row that was drawn anew while its menu was open makes
   * the editor forget whom the menu was for: the command then asks, and a person begins again.
   */
  async contextMenuUntil(of: Locator, item: string, opened: Locator): Promise<void> {
    const question = this.page.locator('.quick-input-widget:visible');
    for (let attempt = 1; ; attempt += 1) {
      await this.contextMenu(of, item);
      await opened.or(question).first().waitFor({ timeout: 60_000 });
      if (attempt === 3 || !(await question.isVisible())) return;
      await this.page.keyboard.press('Escape');
      await question.waitFor({ state: 'hidden' });
    }
  }

  /** An item of the status bar, by `publisher.name.id`. */
  statusItem(id: string): Locator {
    return this.page.locator(`.statusbar-item[id="${id}"]`);
  }

  /** The page inside the webview that is visible now; `which`: where there are several, by a selector. */
  webview(which = ''): FrameLocator {
    return this.page
      .locator(`iframe.webview.ready${which}:visible`)
      .first()
      .contentFrame()
      .locator('iframe#active-frame')
      .contentFrame();
  }

  editorTab(title: string | RegExp): Locator {
    return this.page.locator('.tabs-container').getByRole('tab', { name: title });
  }

  /** A notification that shows this text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item').filter({ hasText: text });
  }

  /** A modal dialog that shows this text. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box').filter({ hasText: text });
  }
}
