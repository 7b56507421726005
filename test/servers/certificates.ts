import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files of an authority of our own and of a certificate that it gave to a server. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Makes them anew in a folder; two calls make two authorities that do not know each other. `names`: whom the certificate is
 * for, as OpenSSL spells it, such as `DNS:db001, IP:127.0.0.1`. Needs the `openssl` command.
 */
export async function makeCertificates(
  folder: string,
  names = 'IP:127.0.0.1',
): Promise<Certificates> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(folder, name);
  await writeFile(at('names.cnf'), `[names]\nsubjectAltName = ${names}\n`);
  await openssl(
    'req',
    '-x509',
    ...newKey(at('ca-key.pem')),
    '-out',
    at('ca.pem'),
    '-subj',
    '/CN=Test authority',
    '-days',
    '2',
  );
  await openssl(
    'req',
    ...newKey(at('key.pem')),
    '-out',
    at('request.pem'),
    '-subj',
    '/CN=Test server',
  );
  await openssl(
    'x509',
    '-req',
    '-in',
    at('request.pem'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca-key.pem'),
    '-CAcreateserial',
    '-out',
    at('cert.pem'),
    '-days',
    '2',
    '-extfile',
    at('names.cnf'),
    '-extensions',
    'names',
  );
  return { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
}

function newKey(file: string): readonly string[] {
  return ['-newkey', 'rsa:2048', '-nodes', '-keyout', file];
}

async function openssl(...words: readonly string[]): Promise<void> {
  await run('openssl', words).catch((cause: unknown) => {
    throw new Error(
      `openssl ${words[0] ?? ''} failed; the tests of TLS need the openssl command.`,
      { cause },
    );
  });
}
