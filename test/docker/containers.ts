import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beginningOf } from '../../src/adapters/lab/processes.ts';
import { mariadbImage } from './image.ts';

const run = promisify(execFile);
/** Everything that tests make carries it, with who made it. */
const label = 'io.switchover.test';
const rootPassword = 'root';
const pollMs = 50;
const deadlineMs = 60_000;
let made = 0;

export interface ContainerWish {
  /** What `docker run` is told beside the rest, such as `--publish 127.0.0.1::3306` or `--network-alias db001`. */
  readonly words?: readonly string[];
  /** For the server, such as `--server-id=1`. */
  readonly options?: readonly string[];
  /** Default: the network of the sandbox. */
  readonly network?: string;
  /** Default: the test image of MariaDB. */
  readonly image?: string;
}

/** Networks and containers of one test, made by plain `docker` commands. */
export interface Sandbox {
  /** Begins the names that must be unique on this machine. */
  readonly prefix: string;
  /** Its first network, on a subnet that nobody else uses, inside 172.16.0.0/12. */
  readonly network: string;
  /** Of `root`, from everywhere. */
  readonly rootPassword: string;
  /** Another network; the sandbox's name unless told. */
  addNetwork(name?: string): Promise<string>;
  /** Starts a container of exactly this name and answers its id; does not wait for its server. */
  run(name: string, wish?: ContainerWish): Promise<string>;
  /** Does as `run`, with a server id of its own and a binary log, and waits until its server answers. */
  runServer(name: string, wish?: ContainerWish): Promise<string>;
  /** Removes all of it, also what is paused, and the volumes. */
  remove(): Promise<void>;
}

/** One `docker` command; what it printed, without the end of the line. Rejects with its error. */
export async function docker(...words: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', [...words], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trimEnd();
}

/** Says why no containers can be made here; undefined when they can. */
export async function whyNoDocker(): Promise<string | undefined> {
  try {
    await docker('version', '--format', '{{.Server.Version}}');
    return undefined;
  } catch (error) {
    const told = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    return `no Docker daemon answers: ${told.trim().split('\n').at(-1) ?? ''}`;
  }
}

/** To be removed with `remove`; what a killed run left is cleared by the next. `name`: of the network, unless any will do. */
export async function makeSandbox(name?: string): Promise<Sandbox> {
  const reason = await whyNoDocker();
  if (reason !== undefined) throw new Error(reason);
  await sweep();
  made += 1;
  const prefix = `swt${String(process.pid)}-${String(made)}`;
  const mark = `${label}=${String(process.pid)}-${(await beginningOf(process.pid)) ?? ''}-${String(made)}`;
  const networks: string[] = [];
  const addNetwork = async (wanted = `${prefix}-net${String(networks.length + 1)}`) => {
    await makeNetwork(wanted, mark);
    networks.push(wanted);
    return wanted;
  };
  const network = await addNetwork(name);
  let servers = 0;
  const runIt: Sandbox['run'] = async (container, wish = {}) => {
    const names = ['--name', container, '--hostname', container];
    const place = ['--network', wish.network ?? network];
    const password = ['--env', `MARIADB_ROOT_PASSWORD=${rootPassword}`];
    const words = [...names, ...place, ...password, ...(wish.words ?? [])];
    const image = wish.image ?? (await mariadbImage());
    return docker('run', '--detach', '--label', mark, ...words, image, ...(wish.options ?? []));
  };
  return {
    prefix,
    network,
    rootPassword,
    addNetwork,
    run: runIt,
    async runServer(container, wish = {}) {
      servers += 1;
      const options = [...serverOptions, `--server-id=${String(servers)}`];
      const id = await runIt(container, {
        ...wish,
        options: [...options, ...(wish.options ?? [])],
      });
      await untilAnswering(container);
      return id;
    },
    remove: () => removeMarked(mark),
  };
}

const serverOptions = [
  '--log-bin=binlog',
  '--log-slave-updates=1',
  '--binlog-format=ROW',
  '--gtid-strict-mode=1',
  '--innodb-buffer-pool-size=16M',
  '--performance-schema=0',
  // Nobody waits for the disk; a kill of the server loses nothing by it.
  '--innodb-flush-method=nosync',
];

/** Statements for the server in a container, as `root`; the rows, tabs between the columns. */
export async function sqlIn(container: string, statements: string): Promise<string> {
  const words = ['exec', '--env', `MYSQL_PWD=${rootPassword}`, container, 'mariadb'];
  return docker(...words, '--host=127.0.0.1', '--user=root', '-N', '-e', statements);
}

/** Over TCP: while it initialises, a server of the official images answers on its socket only. */
export async function untilAnswering(container: string): Promise<void> {
  const endsAt = Date.now() + deadlineMs;
  for (;;) {
    const refusal = await sqlIn(container, 'SELECT 1').then(() => undefined, String);
    if (refusal === undefined) return;
    if (Date.now() > endsAt) {
      const log = await docker('logs', '--tail', '5', container).catch(String);
      throw new Error(`${container} does not answer: ${refusal}\n${log}`);
    }
    await sleep(pollMs);
  }
}

/** The port of 127.0.0.1 at which 3306 of a container is published. */
export async function publishedPort(container: string): Promise<number> {
  const told = await docker('port', container, '3306/tcp');
  return Number(/:(\d+)$/m.exec(told)?.[1]);
}

/** Docker by itself walks out of 172.16.0.0/12 after a few networks; users are made for 172.%. */
async function makeNetwork(name: string, mark: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const subnet = `172.${String(randomInt(20, 32))}.${String(randomInt(0, 256))}.0/24`;
    try {
      await docker('network', 'create', '--label', mark, '--subnet', subnet, name);
      return;
    } catch (error) {
      if (!/overlaps/i.test(String(error)) || attempt === 20) throw error;
    }
  }
}

async function removeMarked(mark: string): Promise<void> {
  const containers = lines(await docker('ps', '--all', '--quiet', '--filter', `label=${mark}`));
  if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers);
  const networks = lines(await docker('network', 'ls', '--quiet', '--filter', `label=${mark}`));
  if (networks.length > 0) await docker('network', 'rm', ...networks);
}

/** Removes what test runs left that were killed. */
async function sweep(): Promise<void> {
  const format = `{{.Label "${label}"}}`;
  const containers = await docker('ps', '--all', '--filter', `label=${label}`, '--format', format);
  const networks = await docker('network', 'ls', '--filter', `label=${label}`, '--format', format);
  for (const mark of new Set([...lines(containers), ...lines(networks)])) {
    const [pid, beginning] = mark.split('-');
    if ((await beginningOf(Number(pid))) !== beginning) await removeMarked(`${label}=${mark}`);
  }
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((it) => it !== '');
}
