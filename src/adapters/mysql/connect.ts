import { isIP } from 'node:net';
import { createConnection } from 'mysql2';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { sessionBasis } from '../../dialect/session.ts';
import { directDial, targetOf, type Dial, type ServerStream } from '../dial.ts';
import { watch, within, type Bounds, type Watched } from './driver-connection.ts';
import { replicationErrorOf } from './error-codes.ts';
import { readGreeting } from './greeting.ts';
import { Handshake } from './handshake.ts';
import type { KeptSessions } from './kept-sessions.ts';
import { ServerNames } from './server-names.ts';
import type { Pace } from './pace.ts';
import type { ServerTrust } from './server-trust.ts';
import type { TlsMaterial } from './tls-material.ts';
import { sessionOver, type Session } from './session.ts';

export interface Login {
  readonly user: string;
  /** Asked anew for every connection, so that a changed password is taken up. Rejects with a plain sentence. */
  readonly password: () => Promise<string | undefined>;
  /** Read anew for every connection; undefined: encrypted wherever it is offered; false: never. Throws ReplicationError. */
  readonly tls: () => TlsMaterial | false | undefined;
  /** undefined: what a server showed before is not known. */
  readonly trust?: ServerTrust | undefined;
  /** undefined: straight from this machine. */
  readonly dial?: Dial | undefined;
  /** undefined: a certificate must name the address. */
  readonly names?: ServerNames | undefined;
  /** How long servers needed lately; undefined: exactly the given time. */
  readonly pace?: Pace | undefined;
  /** Lends a session where the server gives no further one. */
  readonly kept?: KeptSessions | undefined;
}

/**
 * Opens a session within `timeoutMs`, from the first packet to the accepted password; the way there is not counted.
 * Where the server has no further one for our user, it is the one that is kept open there.
 */
export async function connect(
  address: string,
  login: Login,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Session> {
  try {
    return await connectAnew(address, login, timeoutMs, signal);
  } catch (error) {
    const isFull = error instanceof ReplicationError && error.code === 'too-many-connections';
    const lent = isFull && login.kept?.user === login.user ? login.kept.borrow(address) : undefined;
    if (lent === undefined) throw error;
    return lent;
  }
}

/** Never a session that is lent. */
export async function connectAnew(
  address: string,
  login: Login,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Session> {
  signal.throwIfAborted();
  const tls = login.tls();
  const allowedMs = login.pace?.bound(address, timeoutMs) ?? timeoutMs;
  const attempt = { address, login, tls, timeoutMs: allowedMs, signal };
  return tls !== undefined && tls !== false && tls.verify
    ? (login.names ?? new ServerNames()).try(address, (name) => openAs(name, attempt))
    : openAs(undefined, attempt);
}

interface Attempt {
  readonly address: string;
  readonly login: Login;
  readonly tls: TlsMaterial | false | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** `name`: what the certificate must say. */
async function openAs(name: string | undefined, attempt: Attempt): Promise<Session> {
  const { address, login, timeoutMs, signal } = attempt;
  const password = await login.password();
  const stream = await streamTo(address, login.dial, signal);
  const endsAt = performance.now() + timeoutMs;
  const greeting = await readGreeting(stream, { address, timeoutMs, signal }).catch(
    (error: unknown) => {
      throw replicationErrorOf(error, address);
    },
  );
  const handshake = new Handshake({ address, login, tls: attempt.tls, password, greeting });
  const refusal = handshake.refusal();
  if (refusal !== undefined) {
    stream.destroy();
    throw refusal;
  }
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
    ...handshake.options,
    connectTimeout: timeoutMs,
    multipleStatements: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  });
  const watched = watch(connection, stream, address);
  handshake.guard(watched);
  stream.resume();
  const left = Math.max(1, endsAt - performance.now());
  const bounds = { timeoutMs: left, toldMs: timeoutMs, signal, late: 'timed-out' } as const;
  try {
    await loggedIn(watched, bounds);
  } catch (error) {
    if (handshake.isTooOld(watched, error)) return openAs(name, attempt);
    throw error;
  }
  handshake.succeeded(timeoutMs - (endsAt - performance.now()));
  return sessionOver(watched, sessionBasis(greeting?.version ?? ''));
}

async function loggedIn(watched: Watched, bounds: Bounds): Promise<void> {
  await within(watched, bounds, (done) => {
    watched.connection.connect((error) => {
      done(error ?? undefined);
    });
  });
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
