import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createConnection } from 'mysql2';
import { z } from 'zod';
import type { TestMember } from '../../servers/test-member.ts';
import { testUsers } from '../../servers/test-cluster.ts';

/** The first packet of a MySQL server that wants the password itself, without TLS. */
function greeting(): Buffer {
  const plugin = 'mysql_clear_password';
  const body = Buffer.concat([
    Buffer.from([10]),
    Buffer.from('9.7.0\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0'),
    // Protocol 4.1, secure connection, plug-in authentication; utf8mb4; autocommit.
    Buffer.from([0x01, 0x82, 0xff, 0x02, 0x00, 0x08, 0x00, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0'),
    Buffer.from(`${plugin}\0`),
  ]);
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  return Buffer.concat([head, body]);
}

/** COM_REGISTER_SLAVE. */
function registration(host: string, port: number): Buffer {
  const name = Buffer.from(host);
  const body = Buffer.alloc(18 + name.length);
  let at = body.writeUInt8(0x15, 0);
  at = body.writeUInt32LE(4242, at);
  at = body.writeUInt8(name.length, at);
  at += name.copy(body, at);
  // Neither a user nor a password; rank and source are of no use.
  body.writeUInt16LE(port, at + 2);
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  return Buffer.concat([head, body]);
}

/** A server that nobody asked into the cluster: it greets whoever comes, and keeps what it is told. */
export class Stranger {
  /** `127.0.0.2:PORT`. */
  readonly key: string;
  readonly port: number;
  /** What each visitor said. */
  readonly heard: Buffer[] = [];
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #registrations: (() => void)[] = [];

  static async begin(): Promise<Stranger> {
    const sockets = new Set<Socket>();
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
      sockets.add(socket);
      heard.push(Buffer.alloc(0));
      socket.on('data', (piece) => heard.push(piece));
      socket.on('error', () => undefined);
      socket.write(greeting());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
    const place = server.address();
    if (place === null || typeof place === 'string') throw new Error('It does not listen.');
    return new Stranger(server, { port: place.port, heard, sockets });
  }

  constructor(
    server: Server,
    parts: {
      readonly port: number;
      readonly heard: Buffer[];
      readonly sockets: Set<Socket>;
    },
  ) {
    this.#server = server;
    this.port = parts.port;
    this.heard = parts.heard;
    this.#sockets = parts.sockets;
    this.key = `127.0.0.2:${String(parts.port)}`;
  }

  /** By the account of the replicas it says to a master that it is a replica of it. */
  async registerAt(master: TestMember): Promise<void> {
    const { user, password } = testUsers.replication;
    const connection = createConnection({ host: '127.0.0.1', port: master.port, user, password });
    this.#registrations.push(() => {
      connection.destroy();
    });
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    const stream: unknown = Reflect.get(connection, 'stream');
    if (!(stream instanceof Duplex)) throw new Error('mysql2 shows its stream no more.');
    // From here on the connection is ours: the driver cannot spell this command.
    stream.removeAllListeners('data');
    stream.write(registration('127.0.0.2', this.port));
    const [answer] = z.tuple([z.instanceof(Buffer)]).parse(await once(stream, 'data'));
    if (answer[4] !== 0) throw new Error(`It was not registered: ${answer.toString()}`);
  }

  async end(): Promise<void> {
    this.#registrations.forEach((it) => {
      it();
    });
    this.#sockets.forEach((it) => it.destroy());
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
