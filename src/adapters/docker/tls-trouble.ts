import { join } from 'node:path';
import { connect } from 'node:tls';
import { phrase, type Phrase } from '../../core/model/phrase.ts';
import type { EngineCertificates, FoundEndpoint } from './docker-endpoint.ts';
import { codeOf, refusalOf } from './engine-refusal.ts';

/** Node tells with these that it does not know who signed a certificate. */
const unknownSigner: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
]);

/** Which side of TLS does not fit, and what to do; undefined where TLS is not the trouble. */
export function tlsTroubleOf(error: unknown, found: FoundEndpoint): Phrase | undefined {
  const { spelled: endpoint, endpoint: to, certificates } = found;
  if (to.kind !== 'tcp') {
    return undefined;
  }
  if (to.tls === null) {
    return /HTTP request to an HTTPS server/i.test(refusalOf(error)?.says ?? '')
      ? phrase(
          'Docker at {endpoint} speaks TLS only. Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem.',
          { endpoint },
        )
      : undefined;
  }
  const folder = certificates ?? '';
  return (
    ofTheirCertificate(codeOf(error), endpoint, folder) ??
    ofOurCertificate(error, to.tls.cert === null, endpoint, folder) ??
    ofNone(error, endpoint)
  );
}

/** Node gives it only one code with all that breaks a protocol. */
function ofNone(error: unknown, endpoint: string): Phrase | undefined {
  return error instanceof Error &&
    /wrong version number|packet length too long/i.test(error.message)
    ? phrase(
        'Docker at {endpoint} does not speak TLS. Unset DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or let it listen with --tlsverify.',
        { endpoint },
      )
    : undefined;
}

function ofTheirCertificate(code: string, endpoint: string, folder: string): Phrase | undefined {
  if (unknownSigner.has(code)) {
    return phrase(
      'The certificate of Docker at {endpoint} is not signed by {file}. Put the ca.pem of that engine there.',
      { endpoint, file: join(folder, 'ca.pem') },
    );
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return phrase('The certificate of Docker at {endpoint} has expired. Make a new one there.', {
        endpoint,
      });
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return phrase(
        'The certificate of Docker at {endpoint} is for other names. Write a name that it has, or make one with this name.',
        { endpoint },
      );
    default:
      return undefined;
  }
}

function ofOurCertificate(
  error: unknown,
  isNone: boolean,
  endpoint: string,
  folder: string,
): Phrase | undefined {
  const isRefused =
    error instanceof Error &&
    /alert (bad certificate|certificate (required|unknown|expired|revoked)|unknown ca|handshake failure)/i.test(
      error.message,
    );
  if (!isRefused) {
    return undefined;
  }
  return isNone
    ? phrase(
        'Docker at {endpoint} asks for a certificate, and there is none. Put cert.pem and key.pem into {folder}.',
        { endpoint, folder },
      )
    : phrase(
        'Docker at {endpoint} refuses the certificate {file}. Take one that the authority of that engine has signed and that has not expired.',
        { endpoint, file: join(folder, 'cert.pem') },
      );
}

/** How long an engine may take to refuse a certificate, in milliseconds. */
const alertMs = 1_000;

/**
 * Asks again without a request: an engine that refuses a certificate while a request arrives may only cut the connection.
 * Undefined where it does not refuse.
 */
export async function tlsRefusal({ endpoint }: FoundEndpoint): Promise<Error | undefined> {
  if (endpoint.kind !== 'tcp' || endpoint.tls === null) {
    return undefined;
  }
  const { host, port, tls } = endpoint;
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...wordsOf(tls), timeout: alertMs });
    const settle = (error?: Error): void => {
      socket.destroy();
      resolve(error);
    };
    const end = (): void => {
      settle();
    };
    socket.on('error', settle).on('timeout', end).on('close', end);
    socket.resume();
  });
}

/** As Node takes them: what is left out is not null. */
export function wordsOf({ ca, cert, key }: EngineCertificates): {
  ca: string;
  cert?: string;
  key?: string;
} {
  return cert === null || key === null ? { ca } : { ca, cert, key };
}
