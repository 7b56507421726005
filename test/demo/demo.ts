// node test/demo/demo.ts PACKAGE.vsix [--check] [--port N] [--theme NAME] [--language auto|en|ko]
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { english } from '../../src/protocol/localizer.ts';
import { korean } from '../support/builders/korean.ts';
import { launchBrowser } from '../workbench/browser.ts';
import {
  entry,
  globalStorageOf,
  newWorkbenchFolder,
  startCodeServer,
  type CodeServer,
} from '../workbench/code-server.ts';
import { openWorkbench } from '../workbench/workbench.ts';
import { cli, raiseDemoLab, type DemoLab } from './demo-lab.ts';
import { ordinaryUser } from '../../src/adapters/lab/ordinary-user.ts';
import { walkThrough } from './walk-through.ts';

const pictures = resolve(import.meta.dirname, '../../out/demo');

const themes: Readonly<Record<string, string>> = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    theme: { type: 'string', default: 'dark' },
    language: { type: 'string', default: 'auto' },
  },
});

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => interrupted.abort());
}

process.exitCode = await demo(resolve(positionals[0] ?? '')).catch((error: unknown) => {
  if (interrupted.signal.aborted) {
    return 0;
  }
  console.error(error);
  return 1;
});

async function demo(vsix: string): Promise<number> {
  const folder = newWorkbenchFolder();
  const user = ordinaryUser([vsix, cli, entry]);
  if (user === undefined && process.getuid?.() === 0) {
    console.log('  note  it runs as root: an ordinary user cannot read this folder');
  }
  let lab: DemoLab | undefined;
  let server: CodeServer | undefined;
  try {
    console.log('  ...   starting three servers');
    const storage = globalStorageOf(folder, 'switchover.switchover');
    lab = await raiseDemoLab(storage, user === undefined ? undefined : { user, home: folder });
    interrupted.signal.throwIfAborted();
    console.log('  ...   starting the workbench');
    server = await startCodeServer({
      folder,
      vsix: [vsix],
      port: Number(options.port),
      settings: settingsFor(lab),
      ...(user === undefined ? {} : { user }),
    });
    interrupted.signal.throwIfAborted();
    if (options.check) {
      await check(lab, server);
    } else {
      console.log(`\n  Switchover runs at ${server.url}/?folder=${server.workspace}\n`);
      console.log(`  Its password is ${server.password}\n`);
      console.log('  Ctrl+C ends it and removes everything.');
      await untilAborted(interrupted.signal);
    }
    return 0;
  } finally {
    console.log('  ...   cleaning up');
    await server?.stop();
    await lab?.down();
    rmSync(folder, { recursive: true, force: true });
  }
}

function settingsFor({ clusters }: DemoLab): Readonly<Record<string, unknown>> {
  return {
    'workbench.colorTheme': themes[options.theme] ?? options.theme,
    'switchover.clusters': clusters,
    'switchover.language': options.language,
  };
}

async function check(lab: DemoLab, server: CodeServer): Promise<void> {
  const browser = await launchBrowser();
  const giveUp = (): void => void browser.close();
  interrupted.signal.addEventListener('abort', giveUp, { once: true });
  try {
    const workbench = await openWorkbench(server, browser);
    await walkThrough({
      lab,
      workbench,
      pictures: folderFor(),
      tell: console.log,
      words: options.language === 'ko' ? korean() : english,
    });
    console.log(`\n  The demo passed; screenshots are in ${folderFor()}.`);
  } finally {
    await browser.close();
  }
}

/** One folder per theme, and per language where one is asked for. */
function folderFor(): string {
  const { theme, language } = options;
  return resolve(pictures, language === 'auto' ? theme : `${theme}-${language}`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) {
      done();
    }
    signal.addEventListener('abort', () => done(), { once: true });
  });
}
