import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid, platform } from 'node:process';
import { until } from '../support/until.ts';
import { docker } from './containers.ts';

/** Apart from what a Podman of this machine keeps; the image stays there between runs. Both folders are written down there. */
const storage = '/var/tmp/switchover-podman';
/** Where the machine has both kinds of control groups, crun refuses to run anything: it must see but one. */
const secondKind = '/sys/fs/cgroup/unified';
/** Limits that whatever runs the tests may set; and whoever watched a command that ended does not stay for minutes. */
const conf = `[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
exit_command_delay = 1
`;

/** Podman's service with a socket that speaks as Docker's does; while it runs the docker command of this process asks it. */
export class Podman {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #before: string | undefined;

  static async start(): Promise<Podman> {
    if (platform !== 'linux' || getuid?.() !== 0) {
      throw new Error('The test runs a Podman of its own: only root on Linux can.');
    }
    const folder = await mkdtemp(join(tmpdir(), 'switchover-podman-'));
    const confFile = join(folder, 'containers.conf');
    await writeFile(confFile, conf);
    const socket = join(folder, 'podman.sock');
    const places = ['--root', join(storage, 'root'), '--runroot', join(storage, 'run')];
    const how = ['--cgroup-manager', 'cgroupfs', '--events-backend', 'file'];
    const serve = [
      'podman',
      ...places,
      ...how,
      'system',
      'service',
      '--time=0',
      `unix://${socket}`,
    ];
    const hide = existsSync(secondKind) ? `umount ${secondKind} && ` : '';
    const words = ['--mount', 'sh', '-c', `${hide}exec "$@"`, 'sh', ...serve];
    const service = spawn('unshare', words, {
      stdio: 'ignore',
      env: { ...process.env, CONTAINERS_CONF: confFile },
    });
    const podman = new Podman(service, folder);
    process.env['DOCKER_HOST'] = `unix://${socket}`;
    try {
      await until('Podman answers', async () => {
        if (service.exitCode !== null) throw new Error('The test needs the podman of Debian.');
        return docker('version').then(
          () => true,
          () => false,
        );
      });
    } catch (error) {
      await podman.end();
      throw error;
    }
    return podman;
  }

  constructor(service: ChildProcess, folder: string) {
    this.#process = service;
    this.#folder = folder;
    this.#before = process.env['DOCKER_HOST'];
  }

  async end(): Promise<void> {
    if (this.#before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = this.#before;
    if (this.#process.exitCode === null) {
      const ended = new Promise((resolve) => {
        this.#process.once('exit', resolve);
      });
      this.#process.kill();
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
