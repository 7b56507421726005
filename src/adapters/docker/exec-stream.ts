import { Duplex } from 'node:stream';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { ServerStream } from '../dial.ts';
import { execFrames } from './exec-frames.ts';

/** How much of what the command complains about is kept, in characters. */
const keptWords = 1_000;

/**
 * Bytes to and from a server through a command that runs beside it. It is connected once the server has spoken, as a
 * database server does first.
 */
export class ExecStream extends Duplex implements ServerStream {
  connecting = true;
  readonly #address: string;
  #command: Duplex | undefined;
  #complaint = '';

  /** `begin`: starts the command and hands out its streams as the engine mixes them. Rejects with ReplicationError. */
  constructor(address: string, begin: () => Promise<Duplex>) {
    super({ allowHalfOpen: true });
    this.#address = address;
    this.#begin(begin).catch((error: unknown) => {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  }

  override _read(): void {
    this.#command?.resume();
  }

  override _write(
    piece: Buffer,
    encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#whenBegun(() => {
      if (this.#command === undefined || this.#command.destroyed) {
        done();
      } else {
        this.#command.write(piece, encoding, () => {
          done();
        });
      }
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#whenBegun(() => {
      this.#command?.end();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#command?.destroy();
    this.emit('begun');
    done(error);
  }

  #whenBegun(act: () => void): void {
    if (this.#command === undefined && !this.destroyed) {
      this.once('begun', act);
    } else {
      act();
    }
  }

  async #begin(begin: () => Promise<Duplex>): Promise<void> {
    const command = await begin();
    if (this.destroyed) {
      command.destroy();
      return;
    }
    this.#command = command;
    const take = execFrames({
      output: (piece) => {
        this.#say(piece);
      },
      complaint: (piece) => {
        this.#complaint = (this.#complaint + piece.toString()).slice(0, keptWords);
      },
    });
    command.on('data', take);
    command.on('end', () => {
      this.#end();
    });
    command.on('error', (error) => {
      this.destroy(error);
    });
    command.on('close', () => {
      this.#end();
    });
    this.emit('begun');
  }

  #say(piece: Buffer): void {
    if (this.connecting) {
      this.connecting = false;
      this.emit('connect');
    }
    if (!this.push(piece)) {
      this.#command?.pause();
    }
  }

  #end(): void {
    if (this.connecting) {
      this.destroy(this.#whyNot());
    } else if (!this.readableEnded && !this.destroyed) {
      this.push(null);
    }
  }

  #whyNot(): Error {
    if (/no-way/.test(this.#complaint)) {
      return new ReplicationError(
        'not-asked',
        phrase(
          '{address} cannot be reached: its container has neither bash nor nc to lead there. Publish the port of its server.',
          { address: this.#address },
        ),
      );
    }
    const code = /time/i.test(this.#complaint) ? 'ETIMEDOUT' : 'ECONNREFUSED';
    return Object.assign(new Error(this.#complaint.trim()), { code });
  }
}
