import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** No file that a person writes for this is larger. */
const mostBytes = 1_000_000;

/** Null where the file is larger than 1 MB. Rejects where it cannot be read, or is no file, such as a pipe. */
export async function readBounded(file: string): Promise<Buffer | null> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error(`${file} is no file.`);
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
      length += bytesRead;
      if (length > mostBytes) return null;
      if (bytesRead === 0) return bytes.subarray(0, length);
    }
  } finally {
    await handle.close();
  }
}
