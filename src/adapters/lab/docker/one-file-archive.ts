const block = 512;

/**
 * A tar archive (POSIX ustar) with one file that everybody in the container may read, for the engine's "put archive".
 * `name`: at most 100 ASCII characters, relative.
 */
export function oneFileArchive(name: string, content: string): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(block);
  header.write(name, 0, 100, 'ascii');
  header.write('0000444\0', 100, 'ascii');
  header.write('0000000\0', 108, 'ascii');
  header.write('0000000\0', 116, 'ascii');
  header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124, 'ascii');
  header.write('00000000000\0', 136, 'ascii');
  // The sum counts its own field as spaces.
  header.write('        ', 148, 'ascii');
  header.write('0', 156, 'ascii');
  header.write('ustar\x0000', 257, 'ascii');
  const sum = header.reduce((all, it) => all + it, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  const padded = Buffer.alloc(Math.ceil(data.length / block) * block);
  data.copy(padded);
  return Buffer.concat([header, padded, Buffer.alloc(2 * block)]);
}
