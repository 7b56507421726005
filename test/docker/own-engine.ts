import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid, platform } from 'node:process';
import { until } from '../support/harness/until.ts';
import { docker } from './containers.ts';

export interface EngineWish {
  /** For a person who reads that it does not run, such as `podman`. */
  readonly name: string;
  /** Run by a shell of root with mounts of its own, which need not be taken back; must `exec` the engine. `folder`: for its files. */
  readonly script: (folder: string) => string;
  /** Below `folder`. */
  readonly socket: string;
}

const logFile = 'engine.log';

/** A container engine of a test's own. While it runs, the docker command of this process asks it. Only root on Linux can. */
export class OwnEngine {
  readonly folder: string;
  readonly #process: ChildProcess;
  readonly #before = process.env['DOCKER_HOST'];

  static async start(wish: EngineWish): Promise<OwnEngine> {
    if (platform !== 'linux' || getuid?.() !== 0) {
      throw new Error('The test runs a container engine of its own: only root on Linux can.');
    }
    const folder = await mkdtemp(join(tmpdir(), 'switchover-engine-'));
    const words = ['--mount', 'sh', '-euc', wish.script(folder)];
    const log = openSync(join(folder, logFile), 'w');
    const engine = new OwnEngine(spawn('unshare', words, { stdio: ['ignore', log, log] }), folder);
    closeSync(log);
    process.env['DOCKER_HOST'] = `unix://${join(folder, wish.socket)}`;
    try {
      await until(
        `${wish.name} answers`,
        async () => {
          engine.#mustRun(wish.name);
          return docker('version').then(
            () => true,
            () => false,
          );
        },
        60_000,
      );
    } catch (error) {
      await engine.end();
      throw error;
    }
    return engine;
  }

  constructor(engine: ChildProcess, folder: string) {
    this.#process = engine;
    this.folder = folder;
  }

  async end(): Promise<void> {
    if (this.#before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = this.#before;
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill();
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #mustRun(name: string): void {
    const { exitCode } = this.#process;
    if (exitCode !== null) {
      const says = readFileSync(join(this.folder, logFile), 'utf8').trim().split('\n').slice(-5);
      throw new Error(
        `${name} of Debian does not run here (exit ${String(exitCode)}):\n${says.join('\n')}`,
      );
    }
  }
}
