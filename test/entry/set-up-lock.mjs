// Two entry scripts at once in one checkout would install over one another: the second waits.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { kill, pid } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { tell } from './steps.mjs';

/** Does the work while this process is named in `file`; waits for another that lives. */
export async function whileHolding(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!taken(file)) {
    if (!told) {
      tell(`  ...   waiting for another run that sets up (${file})`);
      told = true;
    }
    await pause(500);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function taken(file) {
  try {
    writeFileSync(file, String(pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw error;
    }
  }
  const holder = holderOf(file);
  if (holder !== undefined && !isAlive(holder)) {
    discard(file, holder);
  }
  return false;
}

/** Undefined while the holder has not written its name yet, or has just left. */
function holderOf(file) {
  try {
    const text = readFileSync(file, 'utf8');
    return text === '' ? undefined : Number(text);
  } catch {
    return undefined;
  }
}

/** Takes a dead holder's file away; one that a living process made in between is put back. */
function discard(file, holder) {
  const aside = `${file}.${pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (holderOf(aside) === holder) {
    rmSync(aside);
  } else {
    renameSync(aside, file);
  }
}

function isAlive(holder) {
  try {
    kill(holder, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
