import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsSettings } from '../../config/settings.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { TlsMaterial } from './connect.ts';

/** Reads the files of a `tls` setting. Throws ReplicationError `tls-mismatch` with a sentence that names the file. */
export function tlsMaterialOf(
  tls: TlsSettings | undefined,
  baseDir: string,
): TlsMaterial | undefined {
  return tls === undefined
    ? undefined
    : {
        ca: pem('ca', tls.ca, baseDir),
        cert: pem('cert', tls.cert, baseDir),
        key: pem('key', tls.key, baseDir),
        verify: tls.verify,
      };
}

function pem(name: string, file: string | undefined, baseDir: string): string | undefined {
  if (file === undefined) {
    return undefined;
  }
  try {
    return readFileSync(resolve(baseDir, file), 'utf8');
  } catch (cause) {
    throw new ReplicationError(
      'tls-mismatch',
      phrase('tls.{name}: the file {file} cannot be read.', { name, file }),
      {
        cause,
      },
    );
  }
}
