import type { Learnt } from './twin.ts';

/** LONG_PASSWORD, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, MULTI_STATEMENTS, MULTI_RESULTS, PLUGIN_AUTH. */
const basicFlags = 0x0001 | 0x0200 | 0x2000 | 0x8000 | 0x1_0000 | 0x2_0000 | 0x8_0000;
const tlsFlag = 0x0800;
const scramble = Buffer.from('0123456789abcdefghij');
const autocommit = 0x0002;
const moreFollows = 0x0008;

/** `Protocol::HandshakeV10`, which proposes `mysql_native_password`. */
export function greeting(version: string, connection: number, offersTls: boolean): Buffer {
  const flags = basicFlags | (offersTls ? tlsFlag : 0);
  const head = Buffer.alloc(4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10);
  head.writeUInt32LE(connection, 0);
  scramble.copy(head, 4, 0, 8);
  head.writeUInt16LE(flags & 0xffff, 13);
  head[15] = 45;
  head.writeUInt16LE(autocommit, 16);
  head.writeUInt16LE(flags >>> 16, 18);
  head[20] = 21;
  return Buffer.concat([
    Buffer.from([10]),
    Buffer.from(`${version}\0`),
    head,
    scramble.subarray(8),
    Buffer.from('\0mysql_native_password\0'),
  ]);
}

export function okPacket(more = false): Buffer {
  const packet = Buffer.from([0, 0, 0, 0, 0, 0, 0]);
  packet.writeUInt16LE(autocommit | (more ? moreFollows : 0), 3);
  return packet;
}

/** The packets of an answer, without their heads. `more`: another statement's answer follows. */
export function packetsOf(answer: Learnt, more: boolean): readonly Buffer[] {
  if (answer.kind === 'done') return [okPacket(more)];
  if (answer.kind === 'failed') {
    const head = Buffer.from([0xff, 0, 0]);
    head.writeUInt16LE(answer.errno, 1);
    return [Buffer.concat([head, Buffer.from(`#HY000${answer.says}`)])];
  }
  const end = Buffer.from([0xfe, 0, 0, 0, 0]);
  end.writeUInt16LE(autocommit | (more ? moreFollows : 0), 3);
  const columns = answer.columns.map(({ name, type, charset, length, flags }) => {
    const fixed = Buffer.alloc(13);
    fixed[0] = 0x0c;
    fixed.writeUInt16LE(charset, 1);
    fixed.writeUInt32LE(length, 3);
    fixed[7] = type;
    fixed.writeUInt16LE(flags, 8);
    return Buffer.concat([...['def', '', '', '', name, name].map(lengthed), fixed]);
  });
  const rows = answer.rows.map((row) =>
    Buffer.concat(row.map((it) => (it === null ? Buffer.from([0xfb]) : lengthed(it)))),
  );
  const between = Buffer.from([0xfe, 0, 0, autocommit, 0]);
  return [Buffer.from([columns.length]), ...columns, between, ...rows, end];
}

/** Packets with their heads, numbered from `first`. */
export function numbered(packets: readonly Buffer[], first: number): Buffer {
  return Buffer.concat(
    packets.flatMap((it, place) => {
      const head = Buffer.alloc(4);
      head.writeUIntLE(it.length, 0, 3);
      head[3] = (first + place) % 256;
      return [head, it];
    }),
  );
}

function lengthed(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 251) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const head = Buffer.alloc(4);
  head[0] = 0xfd;
  head.writeUIntLE(bytes.length, 1, 3);
  return Buffer.concat([head, bytes]);
}
