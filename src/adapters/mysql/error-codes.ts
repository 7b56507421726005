import type { SilenceReason } from '../../core/model/instance.ts';
import { phrase, plain, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { withoutSecret } from '../../dialect/secret-statement.ts';
import { refusedSecret, withoutStatement } from './refused-secret.ts';

/** What the driver throws: the server's number and text, or a code of Node or of the driver. */
interface DriverError {
  readonly code?: string;
  readonly errno?: number;
  readonly message: string;
  readonly fatal?: boolean;
}

/** Error packets of a server. Whoever sends one lives. */
const serverReasons: Readonly<Record<number, SilenceReason>> = {
  1040: 'too-many-connections',
  1042: 'host-blocked',
  1044: 'denied',
  1045: 'denied',
  1053: 'shutting-down',
  1129: 'host-blocked',
  1130: 'denied',
  1135: 'too-many-connections',
  1142: 'missing-rights',
  1203: 'too-many-connections',
  1226: 'too-many-connections',
  1227: 'missing-rights',
  1251: 'denied',
  1275: 'denied',
  1524: 'denied',
  1698: 'denied',
  1820: 'denied',
  1862: 'denied',
  3118: 'denied',
  3159: 'tls-mismatch',
  // Locked for a while after wrong passwords (MySQL), and locked (MariaDB).
  3955: 'denied',
  4151: 'denied',
};

const socketReasons: Readonly<Record<string, SilenceReason>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timed-out',
  PROTOCOL_SEQUENCE_TIMEOUT: 'hung',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  PROTOCOL_CONNECTION_LOST: 'connection-lost',
  HANDSHAKE_NO_SSL_SUPPORT: 'tls-mismatch',
  HANDSHAKE_SSL_ERROR: 'tls-mismatch',
  HANDSHAKE_UNKNOWN_ERROR: 'not-a-server',
};

/** `said`: the words of the server or the driver. */
const sentences: Readonly<Record<SilenceReason, (address: string, said: string) => Phrase>> = {
  refused: (address) =>
    phrase('{address} refuses connections: no server listens there.', { address }),
  'timed-out': (address) => phrase('{address} did not answer in time.', { address }),
  hung: (address) => phrase('{address} accepts connections but does not answer.', { address }),
  'connection-lost': (address) =>
    phrase('{address} closed the connection in the middle of an answer.', { address }),
  'unknown-host': (address) =>
    phrase('{address} cannot be found: its host name does not resolve.', { address }),
  unreachable: (address) =>
    phrase('{address} cannot be reached: there is no route to it.', { address }),
  'tls-mismatch': (address, said) =>
    phrase('{address} and the tls setting do not agree: {said}', { address, said }),
  'key-changed': (address, said) => phrase('{address} is not trusted: {said}', { address, said }),
  denied: (address, said) => phrase('{address} refuses our user: {said}', { address, said }),
  'too-many-connections': (address, said) =>
    phrase('{address} has no free connection: {said}', { address, said }),
  'host-blocked': (address, said) => phrase('{address} blocks our host: {said}', { address, said }),
  'shutting-down': (address) => phrase('{address} is shutting down.', { address }),
  'not-a-server': (address, said) =>
    phrase('{address} does not speak the MySQL protocol: {said}', { address, said }),
  'missing-rights': (address, said) =>
    phrase('{address} does not let our user look: {said}', { address, said }),
  'server-error': (address, said) =>
    phrase('{address} answers with an error: {said}', { address, said }),
  'not-asked': (address, said) => phrase('{address} could not be asked: {said}', { address, said }),
};

/** Certificates and handshakes: Node's codes start so. */
const tlsCode = /^(ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH)/;

export function silenceReasonOf(error: unknown): SilenceReason | undefined {
  const { code = '', errno, message } = driverErrorOf(error);
  if (errno !== undefined && serverReasons[errno] !== undefined) {
    return serverReasons[errno];
  }
  if (tlsCode.test(code) || /secure connection|certificate|altnames/i.test(message)) {
    return 'tls-mismatch';
  }
  if (
    /packets out of order|unexpected packet|malformed|Unknown protocol|handshake.*(?:invalid|unexpected)/i.test(
      message,
    )
  ) {
    return 'not-a-server';
  }
  return socketReasons[code];
}

/** Turns what the driver threw into our one error, with a sentence that names the address and never a secret. */
export function replicationErrorOf(error: unknown, address: string): ReplicationError {
  if (error instanceof ReplicationError) {
    return error;
  }
  const { errno, message } = driverErrorOf(error);
  const reason = silenceReasonOf(error);
  const numbered = errno !== undefined && errno > 0 ? { errno } : {};
  const secret = refusedSecret(error, address);
  if (secret !== undefined) {
    // Not even as the cause: its message and its stack hold the server's words.
    return new ReplicationError(reason ?? 'statement-failed', secret, numbered);
  }
  const cause = withoutStatement(error);
  const said = errno !== undefined && errno > 0 ? `${message} (error ${String(errno)})` : message;
  return reason === undefined
    ? new ReplicationError('statement-failed', plain(`${address}: ${said}`), {
        cause,
        ...numbered,
      })
    : new ReplicationError(reason, sentences[reason](address, said), { cause, ...numbered });
}

function driverErrorOf(error: unknown): DriverError {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return driverErrorOf(error.errors[0]);
  }
  if (!(error instanceof Error)) {
    return { message: String(error) };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Node gives negative numbers for sockets; a server's numbers are positive.
  const errno =
    'errno' in error && typeof error.errno === 'number' && error.errno > 0
      ? error.errno
      : undefined;
  // A server may quote statements of others too, such as the one its applier stopped at.
  const message = withoutSecret(error.message, errno);
  return errno === undefined ? { code, message } : { code, errno, message };
}
