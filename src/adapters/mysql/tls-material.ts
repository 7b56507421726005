import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsSettings } from '../../config/settings.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';

/** PEM texts, not file names. */
export interface TlsMaterial {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly verify: boolean;
}

/** Reads the files of a `tls` setting. Throws ReplicationError `tls-mismatch` with a sentence that names the file. */
export function tlsMaterialOf(
  tls: TlsSettings | false | undefined,
  baseDir: string,
): TlsMaterial | false | undefined {
  return tls === undefined || tls === false
    ? tls
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
