import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Says why a file system of its own cannot be mounted here; undefined when it can. */
export async function whyNoDisk(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'mounting a file system needs root on Linux';
  }
  const tools = ['mkfs.ext4', 'mount', 'umount', 'fsfreeze', 'losetup'];
  const found = await run('which', tools)
    .then(
      () => run('losetup', ['--find']),
      () => undefined,
    )
    .catch(() => undefined);
  return found === undefined ? `needs ${tools.join(', ')}, and a free loop device` : undefined;
}

/** A small file system on a file, mounted at `folder`, which is made. */
export async function mountDisk(folder: string, megabytes: number): Promise<void> {
  const image = `${folder}.image`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(image, '');
  await truncate(image, megabytes * 1024 * 1024);
  await run('mkfs.ext4', ['-q', '-m', '0', '-O', '^has_journal', image]);
  await run('mount', ['-o', 'loop', image, folder]);
  // Where data is copied to must be empty.
  await rm(`${folder}/lost+found`, { recursive: true });
}

const filler = 'filler';

/** Leaves no room on the file system that is mounted at `folder`. */
export async function fillDisk(folder: string): Promise<void> {
  const file = `${folder}/${filler}`;
  // It ends with an error, once nothing fits any more.
  await run('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M']).catch(() => undefined);
  await run('dd', ['if=/dev/zero', `of=${file}`, 'bs=4k', 'oflag=append', 'conv=notrunc']).catch(
    () => undefined,
  );
}

/** Leaves a twentieth of it. */
export async function nearlyFillDisk(folder: string): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const bytes = Math.max(0, bavail - Math.ceil(blocks / 20)) * bsize;
  await run('fallocate', ['--length', String(bytes), `${folder}/${filler}`]);
}

export async function freeDisk(folder: string): Promise<void> {
  await rm(`${folder}/${filler}`, { force: true });
}

/** From now on every write below `folder` waits. */
export async function freezeDisk(folder: string): Promise<void> {
  await run('fsfreeze', ['--freeze', folder]);
}

/** Lets waiting writes go on; nothing happens where none wait. */
export async function thawDisk(folder: string): Promise<void> {
  await run('fsfreeze', ['--unfreeze', folder]).catch(() => undefined);
}

/** Thaws all that is mounted below a folder, so that whoever waits for it can end. */
export async function thawDisksBelow(parent: string): Promise<void> {
  await Promise.all((await disksBelow(parent)).map(thawDisk));
}

/** Unmounts all that is mounted below a folder; nobody may use it any more. */
export async function unmountDisksBelow(parent: string): Promise<void> {
  for (const folder of await disksBelow(parent)) {
    await unmount(folder);
  }
}

/** The kernel may need a moment to let go of the files of a server that was killed. */
async function unmount(folder: string, attempts = 40): Promise<void> {
  try {
    await run('umount', [folder]);
  } catch (error) {
    if (attempts === 0) throw error;
    await sleep(250);
    await unmount(folder, attempts - 1);
  }
}

async function disksBelow(parent: string): Promise<readonly string[]> {
  const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  return mounts
    .split('\n')
    .map((it) => it.split(' ')[1] ?? '')
    .filter((it) => it.startsWith(`${parent}/`));
}
