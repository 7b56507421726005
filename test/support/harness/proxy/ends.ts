import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { freePorts } from '../../../../src/adapters/lab/free-ports.ts';
import {
  EmbeddedProxy,
  type EmbeddedProxyOptions,
} from '../../../../src/adapters/proxy/embedded-proxy.ts';
import { until } from '../until.ts';

/** A server at the far end of a proxy. */
export interface Target {
  readonly address: string;
  readonly port: number;
  /** Connections that are open to it now. */
  readonly sockets: ReadonlySet<Socket>;
  /** Connections that ever came. */
  arrived(): number;
  /** Stops listening and resets every connection, as a killed process. */
  kill(): Promise<void>;
}

export type Behaviour = (socket: Socket) => void;

/** Sends back what it hears. */
export const echo: Behaviour = (socket) => {
  socket.pipe(socket);
};

/** Says its name first, as a database server does, and answers with its name whatever it hears. */
export function named(name: string): Behaviour {
  return (socket) => {
    socket.write(`${name}\n`);
    socket.on('data', () => socket.write(`${name}\n`));
    socket.on('end', () => socket.end());
  };
}

/** Takes connections and says nothing. */
export const silent: Behaviour = (socket) => {
  socket.on('end', () => socket.end());
  socket.resume();
};

export async function startTarget(behaviour: Behaviour, port = 0): Promise<Target> {
  const sockets = new Set<Socket>();
  let count = 0;
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    behaviour(socket);
  });
  listener.listen({ port, host: '127.0.0.1', backlog: 1_024 });
  await once(listener, 'listening');
  const chosen = portOf(listener);
  return {
    address: `127.0.0.1:${String(chosen)}`,
    port: chosen,
    sockets,
    arrived: () => count,
    async kill() {
      listener.close();
      for (const socket of sockets) {
        socket.resetAndDestroy();
      }
      await once(listener, 'close');
    },
  };
}

function portOf(listener: Server): number {
  const address: AddressInfo | string | null = listener.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The listener has no port.');
  }
  return address.port;
}

/** A client of a proxy, and what became of it. */
export interface Client {
  readonly socket: Socket;
  /** Everything it heard. */
  readonly heard: () => string;
  /** `open`, `ended` when the far end ended in order, or the code of the error. */
  readonly fate: () => string;
}

/** Resolves once the connection stands. */
export async function startClient(address: string): Promise<Client> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
  let heard = '';
  let fate = 'open';
  socket.setEncoding('latin1');
  socket.on('data', (piece) => (heard += String(piece)));
  socket.on('end', () => (fate = 'ended'));
  socket.on('error', (error: NodeJS.ErrnoException) => (fate = error.code ?? error.message));
  await once(socket, 'connect');
  return { socket, heard: () => heard, fate: () => fate };
}

/** A proxy on a free port, already open. To be closed by the test. */
export async function openProxy(
  options: Partial<EmbeddedProxyOptions> = {},
): Promise<{ readonly proxy: EmbeddedProxy; readonly listen: string }> {
  const listen = await freeAddress();
  const proxy = new EmbeddedProxy({ listen, ...options });
  await proxy.open();
  return { proxy, listen };
}

export async function freeAddress(): Promise<string> {
  const [port = 0] = await freePorts(1);
  return `127.0.0.1:${String(port)}`;
}

/** Waits until the client heard exactly this. */
export function hears(client: Client, text: string): Promise<void> {
  return until(`to hear ${JSON.stringify(text)}, it`, () => client.heard() === text);
}

/** Waits until the client was reset. */
export function isReset(client: Client): Promise<void> {
  return until('the client to be reset', () => client.fate() === 'ECONNRESET');
}

/** Waits until the proxy counts so many. */
export function counts(proxy: EmbeddedProxy, connections: number): Promise<void> {
  return until(
    `${String(connections)} connections of the proxy`,
    () => proxy.show().connections === connections,
  );
}
