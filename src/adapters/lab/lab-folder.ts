import { mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { makerLives, readRecord, recordName, thisProcess, writeRecord } from './lab-record.ts';
import type { LabRecord } from './lab-record.ts';
import { endServersBelow } from './server-process.ts';

const labName = 'lab';

/** Where a lab stands below a state folder. Servers are known by this path, so it must be free of links. */
export async function labFolder(stateDir: string): Promise<string> {
  const state = await realpath(stateDir).catch(() => stateDir);
  return join(state, labName);
}

/** Takes the place of the lab, with a record in it from its first moment on. Throws when somebody else was faster. */
export async function claimFolder(
  stateDir: string,
  record: Omit<LabRecord, 'state' | 'maker'>,
): Promise<string> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const folder = await labFolder(stateDir);
  const making = await mkdtemp(`${folder}-`);
  try {
    await writeRecord(making, { ...record, state: 'making', maker: await thisProcess() });
    await rename(making, folder);
    return folder;
  } catch (cause) {
    await rm(making, { recursive: true, force: true });
    const says = `A lab cannot be made in ${folder}: something is there already.`;
    throw new ReplicationError('refused-by-check', says, { cause });
  }
}

/** Clears away what a crash left of labs that were never finished, and servers whose lab somebody removed; how many there were. */
export async function clearHalfMade(stateDir: string): Promise<number> {
  const folder = await labFolder(stateDir);
  const parent = join(folder, '..');
  const left = (await readdir(parent).catch(() => [])).filter(
    (it) => it === labName || it.startsWith(`${labName}-`),
  );
  let cleared = (await readRecord(folder)) === undefined ? await endServersBelow(folder) : 0;
  for (const name of left) {
    const candidate = join(parent, name);
    const record = await readRecord(candidate);
    if (record?.state === 'making' && !(await makerLives(record))) {
      await clearFolder(candidate);
      cleared += 1;
    }
  }
  return cleared;
}

/** Ends every server of a lab's folder and removes it. The record goes last: until then it can be done again. */
export async function clearFolder(folder: string): Promise<void> {
  await endServersBelow(folder);
  const inside = await readdir(folder).catch(() => []);
  for (const name of inside.filter((it) => it !== recordName)) {
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
