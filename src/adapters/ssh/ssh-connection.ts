import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { ReplicationError } from '../../core/model/replication-error.ts';
import { targetOf } from '../dial.ts';
import { channelTrouble, saidOfChannel } from './channel-trouble.ts';
import type { KeyRing } from './key-ring.ts';
import { attemptsFor } from './keys.ts';
import { logIn, socketTo } from './log-in.ts';
import type { Hop } from './route.ts';
import { unreachable } from './trouble.ts';

/** One open SSH connection to the last host of a route, over those before it. */
export interface SshConnection {
  /** A stream to `host:port` as seen from there. Rejects with ReplicationError. */
  forward(address: string): Promise<Duplex>;
  /** A stream to a socket file of that host. Rejects with ReplicationError. */
  forwardSocket(path: string): Promise<Duplex>;
  /** Runs a command there; the stream is its input and output. Rejects with ReplicationError. */
  run(command: string): Promise<Duplex>;
  /** Told once, when it ends without us. */
  onLost(listener: (error: ReplicationError) => void): void;
  close(): void;
}

/** Logs in to one host after the other. Rejects with TurnedAway, or with ReplicationError `not-asked`. */
export async function openSshConnection(
  route: readonly Hop[],
  keyRing: KeyRing,
): Promise<SshConnection> {
  const clients: Client[] = [];
  try {
    for (const hop of route) {
      // Before the stream is open, for an agent may take its time.
      const attempts = await attemptsFor(hop, keyRing);
      clients.push(await logIn(hop, await streamTo(hop, clients.at(-1)), attempts));
    }
  } catch (error) {
    closeAll(clients);
    throw error;
  }
  return connectionOver(route, clients);
}

/** What a host says of the next one is trouble of the way, whatever it is. */
async function streamTo(hop: Hop, before: Client | undefined): Promise<Duplex> {
  if (before === undefined) {
    return socketTo(hop);
  }
  try {
    return await forward(before, hop);
  } catch (error) {
    throw unreachable(hop, saidOfChannel(error), error);
  }
}

function connectionOver(route: readonly Hop[], clients: readonly Client[]): SshConnection {
  const last = route.at(-1);
  const client = clients.at(-1);
  if (last === undefined || client === undefined) {
    throw new Error('A route has at least one host.');
  }
  const through = async (stream: Promise<Duplex>, address: string): Promise<Duplex> => {
    try {
      return await stream;
    } catch (cause) {
      throw channelTrouble(cause, address, last);
    }
  };
  return {
    forward: (address) => through(forward(client, targetOf(address)), address),
    forwardSocket: (path) =>
      through(
        called((done) => client.openssh_forwardOutStreamLocal(path, done)),
        path,
      ),
    run: (command) =>
      through(
        called((done) => {
          client.exec(command, (error, channel) => {
            // Nobody reads what it complains of, and unread it would stop the channel.
            channel?.stderr.resume();
            done(error, channel);
          });
        }),
        command,
      ),
    ...endOf(route, clients),
  };
}

/** The connection ends with the first of its hosts that is lost. */
function endOf(
  route: readonly Hop[],
  clients: readonly Client[],
): Pick<SshConnection, 'onLost' | 'close'> {
  const listeners: ((error: ReplicationError) => void)[] = [];
  let isOver = false;
  const lose = (hop: Hop | undefined, said: string): void => {
    if (!isOver && hop !== undefined) {
      isOver = true;
      const error = unreachable(hop, said);
      listeners.forEach((it) => {
        it(error);
      });
      closeAll(clients);
    }
  };
  clients.forEach((it, place) => {
    it.on('error', (error) => {
      lose(route[place], error.message === 'Keepalive timeout' ? 'it went silent' : error.message);
    });
    const closed = (): void => {
      lose(route[place], 'it closed the connection');
    };
    it.on('close', closed);
    // Over another host the stream stays half open.
    it.on('end', closed);
  });
  return {
    onLost: (listener) => {
      listeners.push(listener);
    },
    close: () => {
      isOver = true;
      closeAll(clients);
    },
  };
}

function closeAll(clients: readonly Client[]): void {
  clients.toReversed().forEach((it) => {
    it.destroy();
  });
}

function forward(
  client: Client,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Duplex> {
  return called((done) => client.forwardOut('127.0.0.1', 0, host, port, done));
}

function called(
  begin: (done: (error: Error | undefined, channel: Duplex) => void) => unknown,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    // A client that is closed already throws: that rejects too.
    begin((error, channel) => {
      if (error === undefined) {
        resolve(channel);
      } else {
        reject(error);
      }
    });
  });
}
