import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beginningOf } from '../../src/adapters/lab/processes.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const pollMs = 100;

/** Where downloads and templates are kept between runs. */
export function cacheFolder(): string {
  return resolve(process.env['SWITCHOVER_TEST_CACHE'] ?? join(project, '.cache/servers'));
}

/**
 * A folder of the cache; makes it when it is missing, once even when several processes ask at the same time.
 * `make` fills an empty folder, which takes its name only when it is complete.
 */
export async function cached(
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheFolder(), name);
  await mkdir(dirname(folder), { recursive: true });
  while (!(await exists(folder))) {
    const release = await lock(`${folder}.lock`);
    if (release === undefined) {
      await sleep(pollMs);
      continue;
    }
    try {
      if (!(await exists(folder))) {
        await fill(folder, make);
      }
    } finally {
      await release();
    }
  }
  return folder;
}

async function fill(folder: string, make: (folder: string) => Promise<void>): Promise<void> {
  const making = await mkdtemp(`${folder}.making-`);
  try {
    await make(making);
    await rename(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (!(await exists(folder))) {
      throw error;
    }
  }
}

/** Undefined while another living process holds it. A lock whose holder is dead is taken away first. */
async function lock(path: string): Promise<(() => Promise<void>) | undefined> {
  const me = `${String(process.pid)} ${(await beginningOf(process.pid)) ?? ''}`;
  try {
    await writeFile(path, me, { flag: 'wx' });
    return () => rm(path, { force: true });
  } catch {
    const holder = await readFile(path, 'utf8').catch(() => undefined);
    const [pid, beginning] = (holder ?? '').split(' ');
    const age = Date.now() - (await stat(path).then((it) => it.mtimeMs, Date.now));
    // A fresh empty file is a lock whose holder has not yet written its name.
    const isDead =
      holder === ''
        ? age > 5_000
        : holder !== undefined && (await beginningOf(Number(pid))) !== beginning;
    if (isDead) {
      await rm(path, { force: true });
    }
    return undefined;
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
