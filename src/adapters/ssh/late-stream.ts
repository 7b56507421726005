import { Duplex } from 'node:stream';
import type { ServerStream } from '../dial.ts';

/** A stream whose far end comes later, or never: what is written waits for it. */
export class LateStream extends Duplex implements ServerStream {
  #far: Duplex | undefined;
  #isFarClosed = false;
  /** Waits for the far end. */
  #begin: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: true });
    // A way that is lost while nobody listens must not end the process; `close` tells of it too.
    this.on('error', () => undefined);
  }

  get connecting(): boolean {
    return this.#far === undefined && !this.destroyed;
  }

  /** Joins it to its far end; closes that at once where nobody waits for it any more. */
  join(far: Duplex): void {
    // Whoever has given up cares for no trouble of it either.
    far.on('error', (error) => this.destroy(error));
    if (this.destroyed) {
      far.destroy();
      return;
    }
    this.#far = far;
    far.on('data', (piece: Buffer) => {
      if (!this.push(piece)) {
        far.pause();
      }
    });
    far.on('end', () => {
      this.push(null);
    });
    far.on('close', () => {
      this.#endOfFar();
    });
    this.emit('connect');
    const begin = this.#begin;
    this.#begin = undefined;
    begin?.();
  }

  override _read(): void {
    this.#far?.resume();
  }

  override _write(piece: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#whenJoined((far) => {
      if (this.#isFarClosed) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      } else {
        far.write(piece, done);
      }
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#whenJoined((far) => {
      far.end();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#begin = undefined;
    this.#far?.destroy();
    done(error);
  }

  #whenJoined(begin: (far: Duplex) => void): void {
    const far = this.#far;
    if (far === undefined) {
      this.#begin = () => {
        this.#whenJoined(begin);
      };
    } else {
      begin(far);
    }
  }

  /** Closed in both directions: nothing more can be written, and what has come is still to be read. */
  #endOfFar(): void {
    this.#isFarClosed = true;
    if (this.readableEnded) {
      this.destroy();
    } else {
      this.once('end', () => this.destroy());
      this.push(null);
    }
  }
}
