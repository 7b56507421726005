import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { createConnection, type Connection } from 'mysql2';
import { z } from 'zod';

/** What a program tells of itself; without a registration it only reads, as `mysqlbinlog` does. */
export interface ReaderWish {
  readonly user: string;
  readonly password: string;
  readonly serverId: number;
  readonly registers?: { readonly host: string; readonly port: number };
}

/** A program that reads the binary log of a server over its own protocol, from the first file on, and never ends. */
export async function readBinlog(port: number, wish: ReaderWish): Promise<Connection> {
  const { user, password, serverId, registers } = wish;
  const connection = createConnection({ host: '127.0.0.1', port, user, password });
  connection.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    const checksums = "SET @master_binlog_checksum = 'NONE', @source_binlog_checksum = 'NONE'";
    connection.query(checksums, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  const stream: unknown = Reflect.get(connection, 'stream');
  if (!(stream instanceof Duplex)) throw new Error('mysql2 shows its stream no more.');
  // From here on the connection is ours: the driver stumbles over these commands.
  stream.removeAllListeners('data');
  if (registers !== undefined) {
    stream.write(registration(serverId, registers));
    const [answer] = z.tuple([z.instanceof(Buffer)]).parse(await once(stream, 'data'));
    if (answer[4] !== 0) throw new Error(`It was not registered: ${answer.toString()}`);
  }
  stream.on('data', () => undefined);
  stream.write(dump(serverId));
  return connection;
}

/** COM_REGISTER_SLAVE, without user, password, rank and source. */
function registration(
  serverId: number,
  { host, port }: NonNullable<ReaderWish['registers']>,
): Buffer {
  const name = Buffer.from(host);
  const body = Buffer.alloc(18 + name.length);
  let at = body.writeUInt8(0x15, 0);
  at = body.writeUInt32LE(serverId, at);
  at = body.writeUInt8(name.length, at);
  at += name.copy(body, at);
  body.writeUInt16LE(port, at + 2);
  return packet(body);
}

/** COM_BINLOG_DUMP from the first event of the first file. */
function dump(serverId: number): Buffer {
  const body = Buffer.alloc(11);
  body.writeUInt8(0x12, 0);
  body.writeUInt32LE(4, 1);
  body.writeUInt32LE(serverId, 7);
  return packet(body);
}

function packet(body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  return Buffer.concat([head, body]);
}
