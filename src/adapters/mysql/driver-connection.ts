import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Connection } from 'mysql2';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { replicationErrorOf } from './error-codes.ts';

/** A connection of the driver, and what became of it. */
export interface Watched {
  readonly connection: Connection;
  readonly address: string;
  closed: boolean;
  cause: unknown;
  /** Why we ourselves ended the login. The driver writes a code of its own on every error that passes through it. */
  refusal: ReplicationError | undefined;
  isEncrypted: boolean;
  readonly listeners: Set<() => void>;
  /** Bytes that came, encrypted ones decrypted, and when the last of them did (`performance.now()`). */
  received: number;
  lastReceivedAt: number;
  /** What came until the last answer ended; undefined while one is expected. */
  answeredAt: number | undefined;
  /** Told of each piece that came, before the driver reads it. */
  readonly pieces: Set<() => void>;
  /** Counts what comes on this stream, too. */
  count(stream: Duplex): void;
  readonly end: () => void;
}

export function watch(connection: Connection, stream: Duplex, address: string): Watched {
  const watched: Watched = {
    connection,
    address,
    closed: false,
    cause: undefined,
    refusal: undefined,
    isEncrypted: false,
    listeners: new Set(),
    received: 0,
    lastReceivedAt: Number.NEGATIVE_INFINITY,
    answeredAt: 0,
    pieces: new Set(),
    count: (it) => {
      it.prependListener('data', (piece: Buffer) => {
        watched.received += piece.length;
        watched.lastReceivedAt = performance.now();
        watched.pieces.forEach((tell) => {
          tell();
        });
        boundUnasked(watched);
      });
    },
    end: () => {
      if (!watched.closed) {
        watched.closed = true;
        // The driver only ends it, and one that is not a socket of the system may stay half open for ever.
        stream.destroy();
        const told = [...watched.listeners];
        watched.listeners.clear();
        told.forEach((it) => {
          it();
        });
      }
    },
  };
  watched.count(stream);
  takeErrorsOutOfTurn(connection);
  // Without a listener an error of an idle connection would end the process.
  connection.on('error', (error: unknown) => {
    watched.cause ??= error;
    watched.end();
  });
  connection.on('end', watched.end);
  return watched;
}

/** A login, or a last word to an idle session, takes far less. Bytes. */
const maxUnasked = 64 * 1024;

/** Nobody reads what comes unasked: it would stay in the memory of the driver. */
function boundUnasked(watched: Watched): void {
  const { address, answeredAt, connection, received } = watched;
  if (watched.closed || answeredAt === undefined || received - answeredAt <= maxUnasked) return;
  watched.cause ??= new ReplicationError(
    'server-error',
    phrase('{address} sent more than {count} KB without being asked; the connection was closed.', {
      address,
      count: maxUnasked / 1024,
    }),
  );
  connection.destroy();
  watched.end();
}

/**
 * A server that ends an idle session numbers its last word 0, whatever we asked just then (error 4031 of MySQL). The
 * driver would write a warning on standard error, and no option of its own stops that.
 */
function takeErrorsOutOfTurn(connection: Connection): void {
  const driver: Partial<DriverInside> = Object(connection);
  const handle = driver.handlePacket?.bind(connection);
  if (handle !== undefined) {
    driver.handlePacket = (packet) => {
      if (packet?.isError() === true) driver.sequenceId = packet.sequenceId;
      handle(packet);
    };
  }
}

/**
 * Lets `check` look at a connection that became encrypted before anything is sent on it; what it returns ends the
 * connection. No option of the driver does.
 */
export function onSecure(
  watched: Watched,
  check: (socket: TLSSocket) => ReplicationError | undefined,
): void {
  const { connection } = watched;
  const driver: Partial<DriverInside> = Object(connection);
  const start = driver.startTLS?.bind(connection);
  if (start === undefined) {
    throw new Error('The driver has no startTLS any more.');
  }
  driver.startTLS = (done) => {
    start((error) => {
      const { stream } = driver;
      if (error !== undefined || !(stream instanceof TLSSocket)) {
        done(error ?? new Error('The connection is not encrypted.'));
        return;
      }
      watched.isEncrypted = true;
      watched.count(stream);
      // The driver listens for the end of the stream below only, which this one keeps to itself.
      stream.once('end', watched.end).once('close', watched.end);
      watched.refusal ??= check(stream);
      done(watched.refusal === undefined ? undefined : new Error(watched.refusal.message));
    });
  };
}

/** What is not in the driver's types. */
interface DriverInside {
  readonly stream: Duplex;
  startTLS(done: (error?: unknown) => void): void;
  sequenceId: number;
  handlePacket(packet?: { readonly sequenceId: number; isError(): boolean }): void;
}

export interface Bounds {
  readonly timeoutMs: number;
  /** The time that a person is told, where a part of it is over already. */
  readonly toldMs?: number;
  readonly signal?: AbortSignal;
  readonly late: 'timed-out' | 'hung';
}

/** `cut`: ends the connection with this reason. */
export type Begin<Answer> = (
  done: (error: unknown, answer?: Answer) => void,
  cut: (error: ReplicationError) => void,
) => void;

/** A connection whose last piece came so recently still speaks. Milliseconds. */
const speaksMs = 250;

/** Runs `begin` and settles once: by its callback, by the connection's end, by the clock or by the signal. */
export function within<Answer>(
  watched: Watched,
  { timeoutMs, toldMs = timeoutMs, signal, late }: Bounds,
  begin: Begin<Answer>,
): Promise<Answer | undefined> {
  const { connection, address } = watched;
  const beganAt = performance.now();
  return new Promise((resolve, reject) => {
    const settle = (error: unknown, answer?: Answer): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      watched.listeners.delete(lost);
      if (error === undefined || error === null) {
        resolve(answer);
      } else {
        reject(watched.refusal ?? replicationErrorOf(reasonOf(error, connection), address));
      }
    };
    const cut = (error: ReplicationError): void => {
      settle(error);
      connection.destroy();
      watched.end();
    };
    const lost = (): void => {
      settle(
        watched.cause ??
          new ReplicationError(
            'connection-lost',
            phrase('Lost the connection to {address}.', { address }),
          ),
      );
    };
    const abort = (): void => {
      cut(
        new ReplicationError(
          'cancelled',
          phrase('Cancelled while talking to {address}.', { address }),
        ),
      );
    };
    const timer = setTimeout(() => {
      const heard = watched.lastReceivedAt;
      const speaks = heard > beganAt && performance.now() - heard < speaksMs;
      cut(tooLate(late === 'hung' && speaks ? 'speaks' : late, address, toldMs));
    }, timeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    watched.listeners.add(lost);
    begin(settle, cut);
  });
}

/** On a stream that is no socket of the system a certificate that was refused looks like a lost connection. */
function reasonOf(error: unknown, connection: Connection): unknown {
  const stream = 'stream' in connection ? connection.stream : undefined;
  return stream instanceof TLSSocket && stream.errored !== null && !stream.authorized
    ? stream.errored
    : error;
}

function tooLate(
  late: Bounds['late'] | 'speaks',
  address: string,
  timeoutMs: number,
): ReplicationError {
  const values = { address, count: timeoutMs };
  switch (late) {
    case 'timed-out':
      return new ReplicationError(
        'timed-out',
        phrase('{address} could not be connected to within {count} ms.', values),
      );
    case 'speaks':
      // Whoever is in the middle of an answer lives.
      return new ReplicationError(
        'server-error',
        phrase('{address} was still sending its answer after {count} ms.', values),
      );
    case 'hung':
      return new ReplicationError(
        'hung',
        phrase('{address} gave no answer within {count} ms.', values),
      );
    default:
      return late satisfies never;
  }
}
