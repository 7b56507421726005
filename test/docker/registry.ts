import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../src/adapters/lab/free-ports.ts';
import { SlowWay } from '../servers/slow-way.ts';
import { until } from '../support/harness/until.ts';
import { docker } from './containers.ts';
import { mariadbImage } from './image.ts';

/** Random bytes beside the server: of this much an image that must be pulled differs from one that is here. */
const layerBytes = 24 * 1024 * 1024;

/** A real registry of images on this machine, behind a way that can be slowed. */
export class Registry {
  readonly way: SlowWay;
  readonly #process: ChildProcess;
  readonly #folder: string;

  static async start(): Promise<Registry> {
    const folder = await mkdtemp(join(tmpdir(), 'switchover-registry-'));
    const [port = 0] = await freePorts(1);
    const address = `127.0.0.1:${String(port)}`;
    const storage = `storage: { filesystem: { rootdirectory: '${join(folder, 'images')}' } }`;
    const config = join(folder, 'config.yml');
    await writeFile(config, `version: 0.1\n${storage}\nhttp: { addr: '${address}' }\n`);
    const server = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    const failed = once(server, 'error').then(([error]: unknown[]) => {
      throw new Error(`The test needs the docker-registry of Debian: ${String(error)}`);
    });
    const answers = async (): Promise<boolean> =>
      fetch(`http://${address}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      );
    await Promise.race([until('the registry answers', answers), failed]);
    failed.catch(() => undefined);
    return new Registry(server, folder, await SlowWay.before(port));
  }

  constructor(server: ChildProcess, folder: string, way: SlowWay) {
    this.#process = server;
    this.#folder = folder;
    this.way = way;
  }

  /** An image of MariaDB that is in the registry and not here, by its name behind the way. */
  async holdMariadb(): Promise<string> {
    const name = `${this.way.address}/lab/mariadb:10.11`;
    const file = join(this.#folder, 'more');
    await writeFile(file, randomBytes(layerBytes));
    const container = await docker('create', await mariadbImage());
    try {
      await docker('cp', file, `${container}:/more`);
      await docker('commit', container, name);
    } finally {
      await docker('rm', '--volumes', container);
    }
    await docker('push', '--quiet', name);
    await this.forget(name);
    return name;
  }

  /** Removes an image from the engine. */
  async forget(image: string): Promise<void> {
    await docker('rmi', '--force', image);
  }

  async end(): Promise<void> {
    await this.way.close().catch(() => undefined);
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill();
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
