import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What a tiny server does with a connection. */
export interface TinyWish {
  /** Of its greeting. */
  readonly version?: string;
  /** The first byte of its greeting; 10 is what every server sends. */
  readonly protocol?: number;
  /** The plugin that it proposes and asks for. */
  readonly plugin?: string;
  /** Given: it offers TLS. PEM texts. */
  readonly tls?: () =>
    { readonly cert: string; readonly key: string; readonly maxVersion?: 'TLSv1.1' } | undefined;
  /** Sent in one piece with the greeting. */
  readonly behindGreeting?: Buffer;
  /** After the client's answer to the greeting; default: let in. */
  readonly login?: (say: Say) => void;
  /** What is sent behind a login that `login` did not end; `said`: the client's words. */
  readonly more?: (said: Buffer, say: Say) => void;
  /** Default: nothing to tell. */
  readonly answer?: (sql: string, say: Say) => void;
}

/** How it speaks; packets are numbered by themselves. */
export interface Say {
  packet(payload: Buffer): void;
  ok(): void;
  error(errno: number, message: string): void;
  /** Columns and rows of texts, whole. */
  rows(columns: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Rows without end, as fast as they are taken. */
  endless(): void;
  readonly socket: Socket;
}

export interface TinyServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** All that clients said, decrypted: never a password in clear, unless it may be. */
  readonly heard: Buffer[];
  /** The statements that came. */
  readonly asked: string[];
  /** How many connections began, and how many became encrypted. */
  readonly met: { connections: number; encrypted: number };
  close(): Promise<void>;
}

/** LONG_PASSWORD, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, MULTI_STATEMENTS, MULTI_RESULTS, PLUGIN_AUTH. */
const basicFlags = 0x0001 | 0x0200 | 0x2000 | 0x8000 | 0x1_0000 | 0x2_0000 | 0x8_0000;
const tlsFlag = 0x0800;
const scramble = Buffer.from('0123456789abcdefghij');

/** Speaks just enough of the protocol of MySQL for a client to log in and ask. */
export async function tinyServer(wish: TinyWish = {}): Promise<TinyServer> {
  const sockets = new Set<Socket>();
  const server = { heard: [], asked: [], met: { connections: 0, encrypted: 0 } } satisfies Omit<
    TinyServer,
    'address' | 'close'
  >;
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    server.met.connections += 1;
    serve(socket, wish, server);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const at = listener.address();
  return {
    ...server,
    address: `127.0.0.1:${String(at !== null && typeof at === 'object' ? at.port : 0)}`,
    close: async () => {
      sockets.forEach((it) => it.destroy());
      listener.close();
      await once(listener, 'close');
    },
  };
}

function serve(
  raw: Socket,
  wish: TinyWish,
  record: Pick<TinyServer, 'heard' | 'asked' | 'met'>,
): void {
  let state: 'login' | 'more' | 'questions' = 'login';
  let next = 0;
  let socket: Socket = raw;
  const plugin = wish.plugin ?? 'mysql_native_password';
  const tls = wish.tls?.();
  const say: Say = {
    packet: (payload) => {
      const head = Buffer.alloc(4);
      head.writeUIntLE(payload.length, 0, 3);
      head[3] = next;
      next = (next + 1) % 256;
      if (!socket.destroyed) socket.write(Buffer.concat([head, payload]));
    },
    ok: () => {
      state = 'questions';
      say.packet(Buffer.from([0, 0, 0, 2, 0, 0, 0]));
    },
    error: (errno, message) => {
      const head = Buffer.from([0xff, 0, 0]);
      head.writeUInt16LE(errno, 1);
      say.packet(Buffer.concat([head, Buffer.from(`#HY000${message}`)]));
    },
    rows: (columns, rows) => {
      columnsOf(columns, say);
      for (const row of rows) say.packet(Buffer.concat(row.map(lengthed)));
      say.packet(eof);
    },
    endless: () => {
      columnsOf(['endless'], say);
      const block = Buffer.concat(
        Array.from({ length: 256 * 16 }, (_, place) => {
          const row = lengthed('and so on');
          return Buffer.concat([Buffer.from([row.length, 0, 0, (next + place) % 256]), row]);
        }),
      );
      const pump = (): void => {
        if (!socket.destroyed) socket.write(block, () => setImmediate(pump));
      };
      pump();
    },
    get socket() {
      return socket;
    },
  };
  const take = packetsInto((payload, number, rest) => {
    next = (number + 1) % 256;
    record.heard.push(payload);
    if (state === 'login' && tls !== undefined && payload.length === 32 && socket === raw) {
      socket = encrypted(raw, tls, rest);
      socket.on('error', () => undefined).on('data', take);
      socket.on('secure', () => {
        record.met.encrypted += 1;
      });
      return true;
    }
    speak(payload);
    return false;
  });
  const speak = (payload: Buffer): void => {
    if (state === 'login') {
      state = 'more';
      if (wish.login === undefined) say.ok();
      else wish.login(say);
    } else if (state === 'more') {
      wish.more?.(payload, say);
    } else if (payload[0] === 3) {
      const sql = payload.toString('utf8', 1);
      record.asked.push(sql);
      if (wish.answer === undefined) say.ok();
      else wish.answer(sql, say);
    }
  };
  raw.on('error', () => undefined).on('data', take);
  raw.cork();
  const first = greeting(wish.version ?? '10.11.6-MariaDB', plugin, tls !== undefined);
  if (wish.protocol !== undefined) first[0] = wish.protocol;
  say.packet(first);
  if (wish.behindGreeting !== undefined) raw.write(wish.behindGreeting);
  raw.uncork();
}

/** What came already behind the request for TLS belongs to its negotiation. */
function encrypted(
  raw: Socket,
  keys: { readonly cert: string; readonly key: string },
  rest: Buffer,
): TLSSocket {
  raw.removeAllListeners('data').pause();
  if (rest.length > 0) raw.unshift(rest);
  return new TLSSocket(raw, {
    isServer: true,
    ...keys,
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
}

/** `each`: returns whether it took what follows as well. */
function packetsInto(
  each: (payload: Buffer, number: number, rest: Buffer) => boolean,
): (piece: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUIntLE(0, 3)) {
      const end = 4 + rest.readUIntLE(0, 3);
      const [payload, number] = [Buffer.from(rest.subarray(4, end)), rest[3] ?? 0];
      rest = rest.subarray(end);
      if (each(payload, number, rest)) rest = Buffer.alloc(0);
    }
  };
}

function greeting(version: string, plugin: string, offersTls: boolean): Buffer {
  const flags = basicFlags | (offersTls ? tlsFlag : 0);
  const head = Buffer.alloc(4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10);
  head.writeUInt32LE(7, 0);
  scramble.copy(head, 4, 0, 8);
  head.writeUInt16LE(flags & 0xffff, 13);
  head[15] = 45;
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(flags >>> 16, 18);
  head[20] = 21;
  return Buffer.concat([
    Buffer.from([10]),
    Buffer.from(`${version}\0`),
    head,
    scramble.subarray(8),
    Buffer.from([0]),
    Buffer.from(`${plugin}\0`),
  ]);
}

/** Asks for another plugin. */
export function switchTo(plugin: string): Buffer {
  return Buffer.concat([
    Buffer.from([0xfe]),
    Buffer.from(`${plugin}\0`),
    scramble,
    Buffer.from([0]),
  ]);
}

const eof = Buffer.from([0xfe, 0, 0, 2, 0]);

function columnsOf(names: readonly string[], say: Say): void {
  say.packet(Buffer.from([names.length]));
  for (const name of names) {
    const fixed = Buffer.from([0x0c, 45, 0, 255, 0, 0, 0, 0xfd, 0, 0, 0, 0, 0]);
    say.packet(Buffer.concat([...['def', '', '', '', name, name].map(lengthed), fixed]));
  }
  say.packet(eof);
}

function lengthed(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 251) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const head = Buffer.alloc(4);
  head[0] = 0xfd;
  head.writeUIntLE(bytes.length, 1, 3);
  return Buffer.concat([head, bytes]);
}
