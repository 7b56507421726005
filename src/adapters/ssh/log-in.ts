import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type NextAuthHandler } from 'ssh2';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { doubtOf, hostKeyAlgorithms } from './host-keys.ts';
import type { Attempt, Attempts, LockedKey } from './keys.ts';
import type { Hop } from './route.ts';
import { saidBy, TurnedAway, unreachable } from './trouble.ts';

/** How long a host may take to accept a connection, and to let us in, in milliseconds. */
const socketMs = 5_000;
const loginMs = 12_000;
/** A host that answers nothing for about five seconds is given up: a dead way must not look like a slow one. */
const aliveEveryMs = 1_500;
const aliveMisses = 2;

/** Opens a socket to the first host of a route. Rejects with ReplicationError `not-asked`. */
export async function socketTo(hop: Hop): Promise<Socket> {
  const socket = connect({ host: hop.host, port: hop.port, noDelay: true });
  const late = setTimeout(() => {
    socket.destroy(new Error(`no answer within ${String(socketMs / 1000)} s`));
  }, socketMs);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return socket;
  } catch (cause) {
    throw unreachable(hop, saidBy(cause), cause);
  } finally {
    clearTimeout(late);
  }
}

/** How far it came. */
interface Course {
  readonly hop: Hop;
  readonly locked: readonly LockedKey[];
  /** Ways to prove who we are that were tried. */
  readonly tried: string[];
  /** The host has shown its key. */
  hasShownKey: boolean;
  doubt: unknown;
}

/**
 * Logs in to a host over a stream that leads there. Rejects with TurnedAway, or with
 * ReplicationError `not-asked` where it is out of reach; the stream is closed then.
 */
export async function logIn(
  hop: Hop,
  stream: Duplex,
  { attempts, locked }: Attempts,
): Promise<Client> {
  const client = new ssh2.Client();
  const course: Course = { hop, locked, tried: [], hasShownKey: false, doubt: undefined };
  try {
    await ready(client, stream, attempts, course);
    return client;
  } catch (error) {
    client.destroy();
    stream.destroy();
    throw troubleOf(error, course);
  }
}

function ready(
  client: Client,
  stream: Duplex,
  attempts: readonly Attempt[],
  course: Course,
): Promise<void> {
  const { hop } = course;
  const left = [...attempts];
  return new Promise((resolve, reject) => {
    client.once('ready', resolve);
    client.on('error', (error) => {
      // An agent that does not sign is no end: the next key is tried.
      if (error.level !== 'agent') {
        reject(error);
      }
    });
    const closed = (): void => {
      reject(new Error('it closed the connection'));
    };
    client.once('close', closed);
    client.once('end', closed);
    client.connect({
      sock: stream,
      username: hop.user,
      readyTimeout: loginMs,
      keepaliveInterval: aliveEveryMs,
      keepaliveCountMax: aliveMisses,
      algorithms: { serverHostKey: hostKeyAlgorithms(hop) },
      hostVerifier: (key: Buffer) => isTrusted(key, course),
      authHandler: (_left, _partial, next) => {
        nextAttempt(left.shift(), course.tried, next);
      },
    });
  });
}

function isTrusted(key: Buffer, course: Course): boolean {
  course.hasShownKey = true;
  try {
    course.doubt = doubtOf(course.hop, key);
  } catch (error) {
    course.doubt = error;
  }
  return course.doubt === undefined;
}

function nextAttempt(attempt: Attempt | undefined, tried: string[], next: NextAuthHandler): void {
  if (attempt === undefined) {
    // The types of the package do not know how to tell the end of the list.
    Reflect.apply(next, undefined, [false]);
    return;
  }
  if (attempt.says !== '') {
    tried.push(attempt.says);
  }
  next(attempt.method);
}

function troubleOf(error: unknown, course: Course): Error {
  const { hop, doubt, hasShownKey, locked, tried } = course;
  if (doubt instanceof Error) {
    return doubt;
  }
  if (error instanceof ReplicationError) {
    return error;
  }
  if (!hasShownKey || !wasTurnedAway(error)) {
    return unreachable(hop, saidBy(error), error);
  }
  const [key] = locked;
  if (key !== undefined) {
    return new TurnedAway(lockedKey(hop, key), { kind: 'passphrase', key });
  }
  const values = { host: hop.name, user: hop.user, tried: tried.join(', ') };
  return new TurnedAway(
    new ReplicationError(
      'not-asked',
      tried.length === 0
        ? phrase(
            'The SSH host {host} wants a key of the user {user}, and there is none: no agent holds one, and no key file was found.',
            values,
          )
        : phrase('The SSH host {host} does not let the user {user} in. Tried: {tried}.', values),
      { cause: error },
    ),
  );
}

function lockedKey({ name: host }: Hop, { file, wasWrong }: LockedKey): ReplicationError {
  return new ReplicationError(
    'not-asked',
    wasWrong
      ? phrase('The passphrase does not open the key {file} for the SSH host {host}.', {
          file,
          host,
        })
      : phrase(
          'The key {file} for the SSH host {host} needs its passphrase; the command line reads it from SWITCHOVER_SSH_PASSPHRASE.',
          { file, host },
        ),
  );
}

/** Also by a host that has seen too many keys. */
function wasTurnedAway(error: unknown): boolean {
  const level: unknown = error instanceof Error && 'level' in error ? error.level : undefined;
  return (
    level === 'client-authentication' ||
    (error instanceof Error && /authentication/i.test(error.message))
  );
}
