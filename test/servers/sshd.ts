import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../../src/adapters/lab/free-ports.ts';
import { until } from '../support/harness/until.ts';

const run = promisify(execFile);
const program = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((it) => existsSync(it));

/** Says why no SSH server can be run here; undefined when one can. */
export function whyNoSshd(): string | undefined {
  return program === undefined ? 'there is no sshd here (Debian: openssh-server)' : undefined;
}

export interface SshdWish {
  /** Public keys that are let in, as files. */
  readonly letsIn: readonly string[];
  /** More lines of its configuration. */
  readonly options?: readonly string[];
  readonly address?: string;
  /** Goes before the program: where it runs. */
  readonly within?: readonly string[];
}

/** A real SSH server with keys and a configuration of its own; no service of the system. To be ended with `end`. */
export class Sshd {
  readonly user = userInfo().username;
  readonly address: string;
  readonly port: number;
  readonly folder: string;
  readonly #wish: SshdWish;
  #process: ChildProcess | undefined;
  #words = '';

  static async start(wish: SshdWish): Promise<Sshd> {
    const [port = 0] = await freePorts(1);
    const folder = await mkdtemp(join(tmpdir(), 'switchover-sshd-'));
    const made = new Sshd(wish, port, folder);
    await made.newHostKeys();
    await made.start();
    return made;
  }

  constructor(wish: SshdWish, port: number, folder: string) {
    this.#wish = wish;
    this.address = wish.address ?? '127.0.0.1';
    this.port = port;
    this.folder = folder;
  }

  /** What it told so far. */
  get words(): string {
    return this.#words;
  }

  /** Gives it other keys of the host; it must not run. */
  async newHostKeys(): Promise<void> {
    for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
      const file = join(this.folder, `host_${type}`);
      await rm(file, { force: true });
      await makeKey(file, { type });
    }
  }

  /** `host type key` of the known_hosts of a client. */
  async knownAs(host: string, type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519'): Promise<string> {
    const key = await readFile(join(this.folder, `host_${type}.pub`), 'utf8');
    const name = this.port === 22 ? host : `[${host}]:${String(this.port)}`;
    return `${name} ${key.split(' ').slice(0, 2).join(' ')}\n`;
  }

  async start(): Promise<void> {
    const { letsIn, options = [], within = [] } = this.#wish;
    const keys = await Promise.all(letsIn.map((it) => readFile(it, 'utf8')));
    await writeFile(join(this.folder, 'authorized_keys'), keys.join(''));
    const config = join(this.folder, 'sshd_config');
    await writeFile(
      config,
      [
        ...options,
        `ListenAddress ${this.address}`,
        `Port ${String(this.port)}`,
        ...['ed25519', 'ecdsa', 'rsa'].map((it) => `HostKey ${join(this.folder, `host_${it}`)}`),
        `AuthorizedKeysFile ${join(this.folder, 'authorized_keys')}`,
        'PidFile none',
        'UsePAM no',
        'StrictModes no',
        'PermitRootLogin yes',
        'PasswordAuthentication no',
        'LogLevel VERBOSE',
        '',
      ].join('\n'),
    );
    // Only a server that runs as root asks for this folder.
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
    const [first, ...rest] = [...within, program ?? 'sshd', '-D', '-e', '-f', config];
    // A group of its own: those that serve a connection outlive the one that listens.
    const child = spawn(first, rest, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (piece: Buffer) => (this.#words += piece.toString()));
    this.#process = child;
    await until(`sshd to listen: ${this.#words}`, () => this.#words.includes('Server listening'));
    await until('sshd to answer', () => answers(this.address, this.port));
  }

  /** Kills it with all that serve a connection. */
  kill(): Promise<void> {
    return this.#signal('SIGKILL');
  }

  /** Freezes it: connections stay open, nothing answers. */
  hang(): Promise<void> {
    return this.#signal('SIGSTOP');
  }

  unhang(): Promise<void> {
    return this.#signal('SIGCONT');
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #signal(name: NodeJS.Signals): Promise<void> {
    const listener = this.#process?.pid;
    if (listener === undefined) return;
    // It stands while those that serve a connection are counted: one that came meanwhile would live on.
    if (name !== 'SIGCONT') send(listener, 'SIGSTOP');
    for (const pid of await familyOf(listener)) send(pid, name);
  }
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

/** A process and all that came from it: those that serve a connection leave the group. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-e', '-o', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map((it) => it.trim().split(/\s+/).map(Number));
  const below = (parent: number): readonly number[] =>
    pairs.flatMap(([child = 0, its]) => (its === parent ? [child, ...below(child)] : []));
  return [...below(pid), pid];
}

export interface KeyWish {
  readonly type?: 'ed25519' | 'ecdsa' | 'rsa';
  readonly passphrase?: string;
}

/** Makes a pair of keys: `file` and `file.pub`. */
export async function makeKey(
  file: string,
  { type = 'ed25519', passphrase = '' }: KeyWish = {},
): Promise<void> {
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  // One round: to make a key hard to guess takes time that no test needs.
  const rounds = passphrase === '' ? [] : ['-a', '1'];
  await run('ssh-keygen', [
    '-q',
    '-t',
    type,
    ...bits,
    ...rounds,
    '-N',
    passphrase,
    '-C',
    'test',
    '-f',
    file,
  ]);
}

/** An agent that holds these keys. */
export async function startAgent(
  socket: string,
  keys: readonly string[],
): Promise<{ end(): void }> {
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  await until('the agent to listen', () => existsSync(socket));
  for (const key of keys) {
    await run('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  }
  return { end: () => child.kill() };
}

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
