import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createConnection, type Connection } from 'mysql2';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { directDial, targetOf, type Dial, type ServerStream } from '../dial.ts';
import { replicationErrorOf } from './error-codes.ts';
import { ServerNames } from './server-names.ts';

/** PEM texts, not file names. */
export interface TlsMaterial {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly verify: boolean;
}

export interface Login {
  readonly user: string;
  /** Asked anew for every connection, so that a changed password is taken up. Rejects with a plain sentence. */
  readonly password: () => Promise<string | undefined>;
  /** Read anew for every connection; undefined: not encrypted. Throws ReplicationError. */
  readonly tls: () => TlsMaterial | undefined;
  /** undefined: straight from this machine. */
  readonly dial?: Dial | undefined;
  /** undefined: a certificate must name the address. */
  readonly names?: ServerNames | undefined;
}

export type Row = Readonly<Record<string, unknown>>;

/** One open session of one server. Every method throws ReplicationError. */
export interface Session {
  readonly address: string;
  /** The connection id, as the server counts. */
  readonly id: number;
  /** One statement. Past `timeoutMs` the connection is cut: a statement that hangs cannot be taken back otherwise. */
  query(sql: string, timeoutMs: number): Promise<readonly Row[]>;
  /** Several statements in one round trip, each with its own rows. */
  queryAll(sqls: readonly string[], timeoutMs: number): Promise<readonly (readonly Row[])[]>;
  /** A statement runs. */
  readonly busy: boolean;
  /** True once the connection is gone, from either side. */
  readonly closed: boolean;
  onClose(listener: () => void): void;
  hangUp(): void;
}

/** Opens a session within `timeoutMs`, from the first packet to the accepted password; the way there is not counted. */
export async function connect(
  address: string,
  login: Login,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Session> {
  signal.throwIfAborted();
  const tls = login.tls();
  const attempt = { address, login, tls, timeoutMs, signal };
  return tls?.verify === true
    ? (login.names ?? new ServerNames()).try(address, (name) => openAs(name, attempt))
    : openAs(undefined, attempt);
}

interface Attempt {
  readonly address: string;
  readonly login: Login;
  readonly tls: TlsMaterial | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** `name`: what the certificate must say. */
async function openAs(
  name: string | undefined,
  { address, login, tls, timeoutMs, signal }: Attempt,
): Promise<Session> {
  const password = await login.password();
  const stream = await streamTo(address, login.dial, signal);
  const { host, port } = targetOf(address);
  // A name goes to the server in the greeting of TLS; an address is only looked up here, by Node, on the stream.
  if (name !== undefined && isIP(name) !== 0) Object.assign(stream, { _host: name });
  const connection = createConnection({
    // The driver compares it with the certificate; the stream leads there by itself.
    host: name ?? host,
    port,
    stream,
    user: login.user,
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { ssl: sslOf(tls) }),
    connectTimeout: timeoutMs,
    multipleStatements: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  });
  const watched = watch(connection, stream);
  await opened(connection, watched, { address, timeoutMs, signal });
  return sessionOver(connection, watched, address);
}

async function streamTo(
  address: string,
  dial: Dial = directDial,
  signal: AbortSignal,
): Promise<ServerStream> {
  await dial.prepare(signal);
  signal.throwIfAborted();
  return dial.open(address);
}

function sslOf(tls: TlsMaterial): Record<string, unknown> {
  const { ca, cert, key } = tls;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: tls.verify,
    // The driver checks the name in the certificate only when it is told to.
    verifyIdentity: tls.verify,
  };
}

interface Watched {
  closed: boolean;
  cause: unknown;
  readonly listeners: Set<() => void>;
  readonly end: () => void;
}

function watch(connection: Connection, stream: ServerStream): Watched {
  const watched: Watched = {
    closed: false,
    cause: undefined,
    listeners: new Set(),
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
  // Without a listener an error of an idle connection would end the process.
  connection.on('error', (error: unknown) => {
    watched.cause ??= error;
    watched.end();
  });
  connection.on('end', watched.end);
  return watched;
}

async function opened(
  connection: Connection,
  watched: Watched,
  { address, timeoutMs, signal }: { address: string; timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  await within(connection, watched, { address, timeoutMs, signal, late: 'timed-out' }, (done) => {
    connection.connect((error) => {
      done(error ?? undefined);
    });
  });
}

interface Bounds {
  readonly address: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly late: 'timed-out' | 'hung';
}

/** Runs `begin` and settles once: by its callback, by the connection's end, by the clock or by the signal. */
function within(
  connection: Connection,
  watched: Watched,
  { address, timeoutMs, signal, late }: Bounds,
  begin: (done: (error: unknown, answer?: unknown) => void) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (error: unknown, answer?: unknown): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      watched.listeners.delete(lost);
      if (error === undefined || error === null) {
        resolve(answer);
      } else {
        reject(replicationErrorOf(reasonOf(error, connection), address));
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
      cut(tooLate(late, address, timeoutMs));
    }, timeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    watched.listeners.add(lost);
    begin(settle);
  });
}

/** On a stream that is no socket of the system a certificate that was refused looks like a lost connection. */
function reasonOf(error: unknown, connection: Connection): unknown {
  const stream = 'stream' in connection ? connection.stream : undefined;
  return stream instanceof TLSSocket && stream.errored !== null && !stream.authorized
    ? stream.errored
    : error;
}

function tooLate(late: Bounds['late'], address: string, timeoutMs: number): ReplicationError {
  const values = { address, count: timeoutMs };
  return new ReplicationError(
    late,
    late === 'hung'
      ? phrase('{address} gave no answer within {count} ms.', values)
      : phrase('{address} could not be connected to within {count} ms.', values),
  );
}

function sessionOver(connection: Connection, watched: Watched, address: string): Session {
  let running = 0;
  const run = async (sql: string, timeoutMs: number): Promise<unknown> => {
    if (watched.closed) {
      throw new ReplicationError(
        'connection-lost',
        phrase('The connection to {address} is closed.', { address }),
      );
    }
    running += 1;
    try {
      return await within(connection, watched, { address, timeoutMs, late: 'hung' }, (done) => {
        connection.query(sql, (error, answer) => {
          done(error ?? undefined, answer);
        });
      });
    } finally {
      running -= 1;
    }
  };
  return {
    address,
    id: connection.threadId ?? 0,
    query: async (sql, timeoutMs) => rowsOf(await run(sql, timeoutMs)),
    queryAll: async (sqls, timeoutMs) => {
      const answer = await run(sqls.join(';\n'), timeoutMs);
      return sqls.length === 1 ? [rowsOf(answer)] : Array.isArray(answer) ? answer.map(rowsOf) : [];
    },
    get busy() {
      return running > 0;
    },
    get closed() {
      return watched.closed;
    },
    onClose: (listener) => {
      watched.listeners.add(listener);
    },
    hangUp: () => {
      connection.destroy();
      watched.end();
    },
  };
}

/** A statement without a result set answers with a header, not with rows. */
function rowsOf(answer: unknown): readonly Row[] {
  return Array.isArray(answer)
    ? answer.filter((it): it is Row => typeof it === 'object' && it !== null)
    : [];
}
