import { access, mkdtemp, readdir, realpath, rm, statfs } from 'node:fs/promises';
import { constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginningOf } from '../../src/adapters/lab/processes.ts';
import { endServersBelow } from '../../src/adapters/lab/server-process.ts';
import { thawDisksBelow, unmountDisksBelow } from './own-disk.ts';

const prefix = 'switchover-test-';
const roomyBytes = 2 * 1024 ** 3;

/** A new folder for the servers of one cluster, in memory where there is room; named after this process. */
export async function newFolder(): Promise<string> {
  return realpath(await mkdtemp(join(await parentFolder(), `${prefix}${String(process.pid)}-`)));
}

/** Ends every server of the folder, lets go of file systems of its own, then removes it. */
export async function clearFolder(folder: string): Promise<void> {
  await thawDisksBelow(folder);
  await endServersBelow(folder);
  await unmountDisksBelow(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Clears what test runs left that were killed before they could clean up. */
export async function sweepFolders(): Promise<void> {
  const parent = await parentFolder();
  for (const name of await readdir(parent)) {
    const owner = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && (await beginningOf(Number(owner))) === undefined) {
      await clearFolder(await realpath(join(parent, name)));
    }
  }
}

async function parentFolder(): Promise<string> {
  const memory = '/dev/shm';
  try {
    await access(memory, constants.W_OK);
    const { bavail, bsize } = await statfs(memory);
    return bavail * bsize > roomyBytes ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}
