import { createHash } from 'node:crypto';
import type { AuthPlugin } from 'mysql2';

/** How the plugins that may show a password refuse to. */
export type RefusePassword = () => Error;

/**
 * The plugins that a server may ask for and that would give the password away on this connection. The server chooses the
 * plugin: over TLS `sha256_password` and `caching_sha2_password` send the password itself, and without they encrypt it with
 * a key that the server just sent. Those that only prove that they know it are the driver's.
 */
export function withholdingPlugins(
  password: string | undefined,
  refuse: RefusePassword,
): Record<string, AuthPlugin> {
  return {
    sha256_password: () => () => {
      throw refuse();
    },
    // The fast way needs no trust: it proves that we know the password to a server that remembers it.
    caching_sha2_password: () => {
      let asked = 0;
      return (data: Buffer) => {
        asked += 1;
        if (asked === 1) return fastProof(password ?? '', data.subarray(0, 20));
        if (data.length === 1 && data[0] === fastAuthDone) return null;
        throw refuse();
      };
    },
  };
}

/** `mysql_clear_password` sends the password as it is. */
export function clearPlugin(
  password: string | undefined,
  refuse: RefusePassword | undefined,
): Record<string, AuthPlugin> {
  return {
    mysql_clear_password: () => () => {
      if (refuse !== undefined) throw refuse();
      return Buffer.from(`${password ?? ''}\0`);
    },
  };
}

const fastAuthDone = 3;

/** XOR(SHA256(password), SHA256(SHA256(SHA256(password)), nonce)), as MySQL's manual of `caching_sha2_password` has it. */
function fastProof(password: string, nonce: Buffer): Buffer {
  if (password === '') return Buffer.alloc(0);
  const once = sha256(Buffer.from(password));
  const mask = sha256(Buffer.concat([sha256(once), nonce]));
  return Buffer.from(once.map((byte, at) => byte ^ (mask[at] ?? 0)));
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
