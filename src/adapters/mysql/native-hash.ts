import { createHash } from 'node:crypto';
import type { NewPassword } from '../../dialect/identified.ts';

/** As a server's PASSWORD() gives it for `mysql_native_password`; null for an empty password, which has none. */
export function nativeHash(password: string): string | null {
  return password === '' ? null : `*${sha1(sha1(password)).toString('hex').toUpperCase()}`;
}

export function newPassword(text: string): NewPassword {
  return { text, nativeHash: nativeHash(text) };
}

function sha1(bytes: string | Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}
