import { createDecipheriv } from 'node:crypto';

/** Four bytes that nobody uses, then what the key is folded from. */
const keyStartsAt = 4;
const keyLength = 20;

/**
 * The text of `.mylogin.cnf`, an option file with one group for each login path. It is no secret from whoever may read
 * the file: the key stands in front. Throws an Error with a plain sentence that holds nothing of the content.
 */
export function readLoginPathFile(content: Uint8Array): string {
  const bytes = Buffer.from(content);
  const folded = Buffer.alloc(16);
  for (const [place, byte] of bytes.subarray(keyStartsAt, keyStartsAt + keyLength).entries()) {
    folded[place % 16] = (folded[place % 16] ?? 0) ^ byte;
  }
  const lines: string[] = [];
  let at = keyStartsAt + keyLength;
  if (bytes.length < at) {
    throw new Error('It is too short to be a login path file.');
  }
  while (at < bytes.length) {
    const length = at + 4 <= bytes.length ? bytes.readInt32LE(at) : -1;
    const line = bytes.subarray(at + 4, at + 4 + length);
    if (length <= 0 || line.length < length) {
      throw new Error('It ends in the middle, or is no login path file.');
    }
    lines.push(deciphered(line, folded));
    at += 4 + length;
  }
  return lines.join('');
}

function deciphered(line: Uint8Array, key: Uint8Array): string {
  try {
    const decipher = createDecipheriv('aes-128-ecb', key, null);
    return Buffer.concat([decipher.update(line), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new Error('It cannot be deciphered: it is no login path file.', { cause: error });
  }
}
