import type { Duplex } from 'node:stream';
import type { SshQuestions } from '../../config/ssh-questions.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Clock } from '../../core/ports.ts';
import type { Dial, ServerStream } from '../dial.ts';
import type { KeyRing } from './key-ring.ts';
import { LateStream } from './late-stream.ts';
import type { Hop } from './route.ts';
import type { SshConnection } from './ssh-connection.ts';
import { TurnedAway, type Question } from './trouble.ts';

/** How long a first connection is waited for, and one after a failure, in milliseconds. */
const patientMs = 15_000;
const impatientMs = 1_000;
/** Until the next attempt, in milliseconds: after a host that was not there, and after one that turned us away. */
const retryMs = 1_000;
const retryDeniedMs = 30_000;

export interface BastionOptions {
  /** As the settings name it. */
  readonly host: string;
  /** Read anew for every attempt, so that a changed `~/.ssh/config` is taken up. Throws ReplicationError. */
  readonly route: () => readonly Hop[];
  readonly questions: SshQuestions;
  /** Shared by all hosts of this process. */
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

interface Failure {
  readonly error: ReplicationError;
  readonly retryAt: number;
}

/**
 * One SSH connection, shared by all streams that go through it: opened when first needed, opened again when lost.
 * A lost connection ends all its streams with `not-asked`: it says nothing about any server.
 */
export class Bastion implements Dial {
  readonly #options: BastionOptions;
  readonly #streams = new Set<LateStream>();
  /** Fingerprints of hosts that a person does not trust. */
  readonly #distrusted = new Set<string>();
  #connection: SshConnection | undefined;
  #attempt: Promise<SshConnection> | undefined;
  #failure: Failure | undefined;
  /** What to say while a person is asked. */
  #asks: ReplicationError | undefined;
  #isClosed = false;

  constructor(options: BastionOptions) {
    this.#options = options;
  }

  async prepare(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // A person may take minutes, and nobody else shall wait for that.
    if (this.#asks !== undefined) {
      throw this.#asks;
    }
    const before = this.#failure;
    const bound = AbortSignal.any([
      signal,
      AbortSignal.timeout(before === undefined ? patientMs : impatientMs),
    ]);
    await this.#within(bound, () => this.#asks ?? before?.error ?? this.#stillConnecting());
  }

  open(address: string): ServerStream {
    return this.stream((connection) => connection.forward(address));
  }

  /** A stream of any kind through the shared connection. Returns at once. */
  stream(begin: (connection: SshConnection) => Promise<Duplex>): ServerStream {
    const stream = new LateStream();
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    void this.#join(stream, begin);
    return stream;
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
    this.#endStreams();
  }

  async #join(
    stream: LateStream,
    begin: (connection: SshConnection) => Promise<Duplex>,
  ): Promise<void> {
    try {
      stream.join(await begin(await this.#connected()));
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Waits for the connection until the bound; what is under way goes on. */
  async #within(bound: AbortSignal, late: () => ReplicationError): Promise<void> {
    let give: (() => void) | undefined;
    const over = new Promise<never>((_resolve, reject) => {
      give = () => {
        reject(late());
      };
      bound.addEventListener('abort', give, { once: true });
    });
    try {
      await Promise.race([this.#connected(), over]);
    } finally {
      if (give !== undefined) bound.removeEventListener('abort', give);
    }
  }

  /** The shared connection. Rejects at once while the last failure is young. */
  async #connected(): Promise<SshConnection> {
    if (this.#connection !== undefined) {
      return this.#connection;
    }
    const failure = this.#failure;
    if (failure !== undefined && this.#options.clock.monotonic() < failure.retryAt) {
      throw failure.error;
    }
    this.#attempt ??= this.#connect().finally(() => {
      this.#attempt = undefined;
    });
    return this.#attempt;
  }

  async #connect(): Promise<SshConnection> {
    try {
      const connection = await this.#logIn();
      if (this.#isClosed) {
        connection.close();
        throw this.#stillConnecting();
      }
      this.#connection = connection;
      this.#failure = undefined;
      connection.onLost((error) => {
        this.#fail(error, 0);
        this.#endStreams(error);
      });
      return connection;
    } catch (thrown) {
      const error = thrown instanceof TurnedAway ? thrown.says : asReplicationError(thrown);
      this.#fail(error, thrown instanceof TurnedAway ? retryDeniedMs : retryMs);
      throw error;
    }
  }

  #fail(error: ReplicationError, waitMs: number): void {
    const { clock, log } = this.#options;
    if (error.message !== this.#failure?.error.message) {
      log(error.message);
    }
    this.#failure = { error, retryAt: clock.monotonic() + waitMs };
  }

  /** Asks a person for as long as the answers bring us further. */
  async #logIn(): Promise<SshConnection> {
    // Loaded when first needed: most clusters are reached without it.
    const { openSshConnection } = await import('./ssh-connection.ts');
    for (;;) {
      try {
        return await openSshConnection(this.#options.route(), this.#options.keyRing);
      } catch (error) {
        const question = error instanceof TurnedAway ? error.question : undefined;
        if (question === undefined || !(await this.#ask(question, asReplicationError(error)))) {
          throw error;
        }
      }
    }
  }

  /** True when the answer makes another attempt worth while. */
  async #ask(question: Question, says: ReplicationError): Promise<boolean> {
    this.#asks = says;
    try {
      return question.kind === 'passphrase'
        ? await this.#askPassphrase(question)
        : await this.#askTrust(question);
    } finally {
      this.#asks = undefined;
    }
  }

  async #askPassphrase({ key }: Question & { kind: 'passphrase' }): Promise<boolean> {
    const { questions, keyRing } = this.#options;
    const told = await questions.passphrase(key.file, key.wasWrong);
    if (told === undefined || told === keyRing.passphraseOf(key.file)) {
      return false;
    }
    keyRing.tell(key.file, told);
    return true;
  }

  async #askTrust({ host, hop, key }: Question & { kind: 'trust' }): Promise<boolean> {
    if (this.#distrusted.has(host.fingerprint)) {
      return false;
    }
    if (!(await this.#options.questions.trust(host))) {
      this.#distrusted.add(host.fingerprint);
      return false;
    }
    const { rememberHostKey } = await import('./host-keys.ts');
    rememberHostKey(hop, key);
    return true;
  }

  #endStreams(error?: ReplicationError): void {
    this.#connection = undefined;
    const streams = [...this.#streams];
    this.#streams.clear();
    streams.forEach((it) => {
      it.destroy(error);
    });
  }

  #stillConnecting(): ReplicationError {
    const { host } = this.#options;
    return new ReplicationError(
      'not-asked',
      phrase('The SSH host {host} is not connected to yet.', { host }),
    );
  }
}

function asReplicationError(error: unknown): ReplicationError {
  if (error instanceof TurnedAway) {
    return error.says;
  }
  return error instanceof ReplicationError
    ? error
    : new ReplicationError('not-asked', error instanceof Error ? error.message : String(error), {
        cause: error,
      });
}
