import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { isIP } from 'node:net';
import type { InstanceKey } from '../../core/model/instance.ts';
import type { Certificates, Clock } from '../../core/ports.ts';
import { directDial, targetOf, type Dial, type ServerStream } from '../dial.ts';
import { readGreeting } from './greeting.ts';
import type { TlsMaterial } from './tls-material.ts';

/** After an answer that proved nothing; doubled with each, for a server counts handshakes that end early. Milliseconds. */
const askAgainMs = 60_000;
const askAgainAtMostMs = 24 * 60 * 60_000;

/** LONG_PASSWORD, PROTOCOL_41, SSL, SECURE_CONNECTION and PLUGIN_AUTH of the protocol's capability flags. */
const flags = 0x0001 | 0x0200 | 0x0800 | 0x8000 | 0x8_0000;

export interface CertificateOptions {
  /** Read anew each time. Throws ReplicationError. */
  readonly tls: () => TlsMaterial | false | undefined;
  readonly dial?: Dial | undefined;
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

interface Asked {
  readonly answer: Promise<boolean>;
  readonly askAgainAt: number;
  readonly pauseMs: number;
}

/** Asks a server for its certificate, and for nothing else: no user and no password is sent. */
export function certificateAsker(options: CertificateOptions): Certificates {
  const asked = new Map<string, Asked>();
  const ask = (name: InstanceKey, address: string, pauseMs: number): Promise<boolean> => {
    const answer = certifies(name, address, options).catch(() => false);
    const askAgainAt = options.clock.monotonic() + pauseMs;
    asked.set(`${name} ${address}`, { answer, askAgainAt, pauseMs });
    return answer;
  };
  return {
    confirm: (name, address) => {
      const before = asked.get(`${name} ${address}`);
      if (before === undefined) return ask(name, address, askAgainMs);
      if (options.clock.monotonic() >= before.askAgainAt) {
        // It answers a later round: a stranger that is slow holds up one round only.
        void ask(name, address, Math.min(askAgainAtMostMs, before.pauseMs * 2));
      }
      return before.answer;
    },
  };
}

/** Whether a server at this address shows a certificate of our authority for this name. Rejects where it cannot be asked. */
async function certifies(
  name: InstanceKey,
  address: string,
  { tls, dial = directDial, timeoutMs }: CertificateOptions,
): Promise<boolean> {
  const material = tls();
  if (material === undefined || material === false || !material.verify) return false;
  const over = AbortSignal.timeout(timeoutMs);
  await dial.prepare(over);
  const stream = dial.open(address);
  try {
    const greeting = await readGreeting(stream, { address, timeoutMs, signal: over });
    if (greeting?.offersTls !== true) return false;
    stream.read();
    stream.write(requestForTls());
    return await isVerified(stream, targetOf(name).host, material, over);
  } finally {
    stream.destroy();
  }
}

function isVerified(
  stream: ServerStream,
  host: string,
  { ca, cert, key }: TlsMaterial,
  over: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({
      socket: stream,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: true,
      checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    });
    const settle = (verified: boolean): void => {
      resolve(verified);
      socket.destroy();
    };
    socket.once('secureConnect', () => {
      settle(socket.authorized);
    });
    socket.on('error', () => {
      settle(false);
    });
    socket.once('close', () => {
      settle(false);
    });
    over.addEventListener(
      'abort',
      () => {
        settle(false);
      },
      { once: true },
    );
  });
}

/** `Protocol::SSLRequest` of the servers' manuals: capabilities, the largest packet, utf8mb4, and 23 bytes of nothing. */
function requestForTls(): Buffer {
  const packet = Buffer.alloc(4 + 32);
  packet.writeUIntLE(32, 0, 3);
  packet.writeUInt8(1, 3);
  packet.writeUInt32LE(flags, 4);
  packet.writeUInt32LE(0x0100_0000, 8);
  packet.writeUInt8(45, 12);
  return packet;
}
