import { Socket } from 'node:net';
import type { Dial, ServerStream } from '../dial.ts';
import type { Endpoint } from './endpoint.ts';

/** What the proxy learns from its connections. */
export interface ConnectionWatcher {
  /** It reached its target and is joined to it. */
  reached(connection: ClientConnection): void;
  /** The target did not take it; it waits again. */
  missed(connection: ClientConnection): void;
  /** Nothing of it is left. */
  ended(connection: ClientConnection): void;
}

export interface ConnectionBounds {
  /** How long a client waits for a target that takes it. */
  readonly waitMs: number;
  /** How long one attempt to reach a target may last. */
  readonly attemptMs: number;
  /** How a target is reached. */
  readonly dial: Dial;
}

/**
 * One client, from its arrival until both of its sides are closed.
 * Until the first byte passes, in either direction, it may be led to another target; from then on it is only cut.
 */
export class ClientConnection {
  readonly #client: Socket;
  readonly #bounds: ConnectionBounds;
  readonly #watcher: ConnectionWatcher;
  #stage: 'waiting' | 'reaching' | 'joined' | 'ended' = 'waiting';
  #upstream: ServerStream | undefined;
  /** Of the attempt that is under way. */
  #attempt: NodeJS.Timeout | undefined;
  #hasBegun = false;
  /** What the client said before it had a target. It is not read any further until then. */
  #early: Buffer | undefined;
  /** Undefined once it has waited for as long as it may. */
  #patience: NodeJS.Timeout | undefined;

  constructor(client: Socket, bounds: ConnectionBounds, watcher: ConnectionWatcher) {
    this.#client = client;
    this.#bounds = bounds;
    this.#watcher = watcher;
    client.on('data', (piece) => {
      this.#takeFromClient(piece);
    });
    client.on('drain', () => this.#upstream?.resume());
    client.on('end', () => {
      this.#endOfClient();
    });
    client.on('error', () => {
      this.cut();
    });
    client.on('close', () => {
      this.#forgetWhenClosed();
    });
    this.#beginPatience();
  }

  /** Tries to reach the target, unless it is under way or there already. */
  reach(target: Endpoint): void {
    if (this.#stage !== 'waiting') {
      return;
    }
    this.#stage = 'reaching';
    const upstream = this.#bounds.dial.open(target.address);
    this.#upstream = upstream;
    this.#attempt = setTimeout(() => {
      this.#lose(upstream);
    }, this.#bounds.attemptMs);
    upstream.on('connect', () => {
      this.#join(upstream);
    });
    upstream.on('data', (piece: Buffer) => {
      this.#hasBegun = true;
      if (!this.#client.write(piece)) {
        upstream.pause();
      }
    });
    upstream.on('drain', () => this.#client.resume());
    upstream.on('end', () => {
      this.#hasBegun = true;
      this.#client.end();
    });
    upstream.on('error', () => {
      this.#lose(upstream);
    });
    upstream.on('close', () => {
      this.#forgetWhenClosed();
    });
  }

  /** Takes it away from its target: cuts it when bytes have passed, else lets it wait. True when it waits. */
  recall(): boolean {
    if (this.#hasBegun) {
      this.cut();
    } else if (this.#stage === 'joined') {
      this.#beginPatience();
    }
    this.#release();
    return this.#stage === 'waiting';
  }

  /** Ends both sides at once; what has not been delivered is thrown away. */
  cut(): void {
    if (this.#stage === 'ended') {
      return;
    }
    this.#end();
    sever(this.#client);
    if (this.#upstream !== undefined) {
      sever(this.#upstream);
    }
  }

  #takeFromClient(piece: Buffer): void {
    if (this.#stage !== 'joined') {
      this.#early = piece;
      this.#client.pause();
      return;
    }
    this.#hasBegun = true;
    if (this.#upstream?.write(piece) === false) {
      this.#client.pause();
    }
  }

  #join(upstream: ServerStream): void {
    if (this.#upstream !== upstream) {
      return;
    }
    clearTimeout(this.#attempt);
    this.#stage = 'joined';
    if (this.#early !== undefined) {
      const early = this.#early;
      this.#early = undefined;
      this.#client.resume();
      this.#takeFromClient(early);
    }
    this.#watcher.reached(this);
  }

  #endOfClient(): void {
    if (this.#stage === 'joined') {
      this.#hasBegun = true;
      this.#upstream?.end();
    } else {
      // It had said nothing: it left while it waited.
      this.cut();
    }
  }

  /** The target refuses, is silent, or broke the connection off. */
  #lose(upstream: ServerStream): void {
    if (this.#upstream !== upstream || this.#stage === 'ended') {
      return;
    }
    if (this.#hasBegun || this.#patience === undefined) {
      this.cut();
      return;
    }
    this.#release();
    this.#watcher.missed(this);
  }

  #release(): void {
    if (this.#stage === 'ended' || this.#upstream === undefined) {
      return;
    }
    const upstream = this.#upstream;
    clearTimeout(this.#attempt);
    this.#upstream = undefined;
    this.#stage = 'waiting';
    sever(upstream);
  }

  /** After an end from both directions each side closes by itself, once it has delivered what it holds. */
  #forgetWhenClosed(): void {
    if (this.#stage !== 'ended' && this.#client.closed && this.#upstream?.closed !== false) {
      this.#end();
    }
  }

  #end(): void {
    this.#stage = 'ended';
    clearTimeout(this.#patience);
    clearTimeout(this.#attempt);
    this.#early = undefined;
    this.#watcher.ended(this);
  }

  #beginPatience(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#patience = undefined;
      if (this.#stage !== 'joined') {
        this.cut();
      }
    }, this.#bounds.waitMs);
  }
}

/** Closes with a reset where there can be one, so that the other end notices at once, even one that only waits for an answer. */
function sever(stream: ServerStream): void {
  // A reset fails, and leaves the socket open, while the system is about to send the end.
  const isEnding = stream.writableEnded && !stream.writableFinished && stream.writableLength === 0;
  if (stream instanceof Socket && !stream.connecting && !isEnding && !stream.destroyed) {
    stream.resetAndDestroy();
  } else {
    stream.destroy();
  }
}
