import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError, type ErrorCode } from '../../core/model/replication-error.ts';
import type { ServerStream } from '../dial.ts';

/** The first packet of a server, as far as it decides how we log in. */
export interface Greeting {
  /** As the server spells it, e.g. `5.5.5-10.11.6-MariaDB`. */
  readonly version: string;
  readonly offersTls: boolean;
  /** The plugin that it proposes, e.g. `caching_sha2_password`; undefined where it names none. */
  readonly plugin: string | undefined;
}

/** CLIENT_SSL and CLIENT_PLUGIN_AUTH of the protocol's capability flags. */
const tlsFlag = 0x0800;
const pluginFlag = 0x0008_0000;

/** The first byte of an error packet. */
const errorHeader = 0xff;

/** No greeting is longer; what is, is not one. Bytes. */
const maxBytes = 4_096;

/**
 * Reads the first packet and puts it back for the driver. Undefined: it is an error, which the driver reads. Any other
 * packet is refused: the driver would take it for a greeting that we did not judge. Ends within `timeoutMs`. Throws what
 * the stream failed with, or ReplicationError.
 */
export async function readGreeting(
  stream: ServerStream,
  {
    address,
    timeoutMs,
    signal,
  }: { readonly address: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Greeting | undefined> {
  // The driver listens only later; an error in between must not end the process.
  stream.on('error', () => undefined);
  const bytes = await firstPacket(stream, address, timeoutMs, signal);
  stream.unshift(bytes);
  const length = packetLength(bytes);
  const packet = bytes.subarray(4, 4 + length);
  const greeting = parseGreeting(packet);
  if (greeting === undefined && packet[0] !== errorHeader) {
    stream.destroy();
    throw notAServer(address);
  }
  // Words in plain behind the greeting would be taken for words of the encrypted conversation.
  if (greeting?.offersTls === true && bytes.length > 4 + length) {
    stream.destroy();
    throw trouble(
      'tls-mismatch',
      phrase('{address} says more than a greeting before TLS begins; no password was sent.', {
        address,
      }),
    );
  }
  return greeting;
}

function firstPacket(
  stream: ServerStream,
  address: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const settle = (outcome: Buffer | { readonly failed: unknown }): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      stream.pause();
      stream.off('data', take).off('error', fail).off('end', lost).off('close', lost);
      if (Buffer.isBuffer(outcome)) {
        resolve(outcome);
      } else {
        stream.destroy();
        reject(outcome.failed);
      }
    };
    const fail = (failed: unknown): void => {
      settle({ failed });
    };
    const lost = (): void => {
      fail(trouble('connection-lost', phrase('Lost the connection to {address}.', { address })));
    };
    const abort = (): void => {
      fail(trouble('cancelled', phrase('Cancelled while talking to {address}.', { address })));
    };
    const take = (piece: Buffer): void => {
      read = Buffer.concat([read, piece]);
      if (read.length >= 4 && packetLength(read) > maxBytes) {
        fail(notAServer(address));
      } else if (read.length >= 4 && read.length >= 4 + packetLength(read)) {
        settle(read);
      }
    };
    const timer = setTimeout(() => {
      const values = { address, count: timeoutMs };
      fail(
        trouble(
          'timed-out',
          phrase('{address} could not be connected to within {count} ms.', values),
        ),
      );
    }, timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    stream.on('error', fail).on('end', lost).on('close', lost).on('data', take);
  });
}

function trouble(code: ErrorCode, says: Phrase): ReplicationError {
  return new ReplicationError(code, says);
}

function notAServer(address: string): ReplicationError {
  return new ReplicationError(
    'not-a-server',
    phrase('{address} does not speak the MySQL protocol.', { address }),
  );
}

function packetLength(bytes: Buffer): number {
  return bytes.readUIntLE(0, 3);
}

/** `Protocol::HandshakeV10` of the servers' manuals; undefined for any other packet. */
function parseGreeting(packet: Buffer): Greeting | undefined {
  const versionEnd = packet.indexOf(0, 1);
  if (packet[0] !== 10 || versionEnd === -1) {
    return undefined;
  }
  // Behind the version: connection id (4), scramble (8), a filler (1), the lower flags (2).
  const lowerAt = versionEnd + 1 + 13;
  if (packet.length < lowerAt + 2) {
    return undefined;
  }
  const version = packet.toString('latin1', 1, versionEnd);
  const lower = packet.readUInt16LE(lowerAt);
  // Then character set (1), status (2), the upper flags (2).
  const upperAt = lowerAt + 5;
  const upper = packet.length < upperAt + 2 ? 0 : packet.readUInt16LE(upperAt);
  const flags = lower + upper * 0x1_0000;
  return {
    version,
    offersTls: (flags & tlsFlag) !== 0,
    plugin: (flags & pluginFlag) === 0 ? undefined : pluginAt(packet, upperAt + 2),
  };
}

/** Behind the length of the scramble (1) and ten fillers stands its rest, then the name. */
function pluginAt(packet: Buffer, lengthAt: number): string | undefined {
  const scrambleRest = Math.max(13, (packet[lengthAt] ?? 0) - 8);
  const from = lengthAt + 11 + scrambleRest;
  const to = packet.indexOf(0, from);
  const name = packet.toString('latin1', from, to === -1 ? packet.length : to);
  return name === '' ? undefined : name;
}
