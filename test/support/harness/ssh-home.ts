import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dial, ServerStream } from '../../../src/adapters/dial.ts';
import { Bastions } from '../../../src/adapters/ssh/bastions.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { withoutPerson, type SshQuestions } from '../../../src/config/ssh-questions.ts';
import type { SshSettings } from '../../../src/config/settings.ts';
import { makeKey, Sshd, whyNoSshd } from '../../servers/sshd.ts';

export interface SshWish {
  readonly settings?: Partial<SshSettings>;
  /** Socket of an agent. */
  readonly agent?: string;
  readonly questions?: Partial<SshQuestions>;
}

/** A person's home with SSH files of its own, a real SSH server, and all that is connected to it. */
export class SshHome {
  readonly sshd: Sshd;
  /** Pairs `open`, `rsa`, `locked` (see `passphrase`), which the server lets in, and `stranger`, which it does not. */
  readonly keys: string;
  readonly passphrase: string;
  readonly logged: string[] = [];
  #folder = '';
  #bastions: Bastions | undefined;

  static async make(): Promise<SshHome> {
    const reason = whyNoSshd();
    if (reason !== undefined) {
      throw new Error(reason);
    }
    const passphrase = 'key-Pw-3b7';
    const keys = await mkdtemp(join(tmpdir(), 'switchover-keys-'));
    await makeKey(join(keys, 'open'));
    await makeKey(join(keys, 'rsa'), { type: 'rsa' });
    await makeKey(join(keys, 'locked'), { passphrase });
    await makeKey(join(keys, 'stranger'));
    const letsIn = ['open', 'rsa', 'locked'].map((it) => join(keys, `${it}.pub`));
    return new SshHome(keys, await Sshd.start({ letsIn }), passphrase);
  }

  constructor(keys: string, sshd: Sshd, passphrase: string) {
    this.keys = keys;
    this.sshd = sshd;
    this.passphrase = passphrase;
  }

  /** A new home that knows the server; closes what went before. */
  async begin(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'switchover-home-'));
    await mkdir(this.file('.'), { mode: 0o700 });
    await this.write('known_hosts', await this.sshd.knownAs('127.0.0.1'));
    this.logged.length = 0;
  }

  async end(): Promise<void> {
    this.#bastions?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await this.sshd.end();
    await rm(this.keys, { recursive: true, force: true });
  }

  get folder(): string {
    return this.#folder;
  }

  /** A file below `.ssh`. */
  file(name: string): string {
    return join(this.#folder, '.ssh', name);
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(this.file(name), text, { mode: 0o600 });
  }

  config(...lines: readonly string[]): Promise<void> {
    return this.write('config', `${lines.join('\n')}\n`);
  }

  /** Connections to all hosts of this home; those before are closed. */
  bastions({ agent, questions }: SshWish = {}): Bastions {
    this.#bastions?.close();
    this.#bastions = new Bastions({
      place: {
        home: this.#folder,
        env: agent === undefined ? {} : { SSH_AUTH_SOCK: agent },
        baseDir: this.keys,
        systemFile: '/nowhere',
      },
      questions: { ...withoutPerson(undefined), ...questions },
      clock: systemClock,
      log: (line) => this.logged.push(line),
    });
    return this.#bastions;
  }

  /** The way through the server, as a process that has just begun. */
  dial(wish: SshWish = {}): Dial {
    return this.bastions(wish).dial(this.settings(wish.settings));
  }

  settings(settings: Partial<SshSettings> = {}): SshSettings {
    const { port, user } = this.sshd;
    return { host: '127.0.0.1', port, user, ...settings };
  }
}

/** Prepares the way, says a word to the far end and waits until it comes back. */
export async function echoes(dial: Dial, address: string): Promise<ServerStream> {
  await dial.prepare(new AbortController().signal);
  const stream = dial.open(address);
  stream.write('hello');
  const [heard]: unknown[] = await once(stream, 'data');
  if (String(heard) !== 'hello') {
    throw new Error(`It said ${String(heard)}.`);
  }
  return stream;
}

/** Code and words of the error that this work ends with. */
export async function refusal(
  work: Promise<unknown>,
): Promise<{ readonly code: unknown; readonly message: string }> {
  try {
    await work;
  } catch (error) {
    return {
      code: error instanceof Error && 'code' in error ? error.code : undefined,
      message: error instanceof Error ? error.message : String(error),
    };
  }
  return { code: undefined, message: 'It worked.' };
}
