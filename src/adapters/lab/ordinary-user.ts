import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { lchown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';

export interface OrdinaryUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that the servers of a lab, and the demo, run as where root starts them: the one who called `sudo`, else `nobody`. Undefined where
 * we are no root, and where that user cannot reach `files`, such as in the home of root.
 */
export function ordinaryUser(files: readonly string[]): OrdinaryUser | undefined {
  if (getuid?.() !== 0) {
    return undefined;
  }
  const user = whoCalledSudo() ?? nobody();
  return user !== undefined && canRead(user, files) ? user : undefined;
}

function whoCalledSudo(): OrdinaryUser | undefined {
  const [uid, gid] = [process.env['SUDO_UID'], process.env['SUDO_GID']].map(Number);
  return uid !== undefined && gid !== undefined && uid > 0 && gid > 0 ? { uid, gid } : undefined;
}

function nobody(): OrdinaryUser | undefined {
  const line = usersHere().find((it) => it.startsWith('nobody:'));
  const [, , uid, gid] = (line ?? '').split(':').map(Number);
  return uid !== undefined && gid !== undefined && uid > 0 && gid > 0 ? { uid, gid } : undefined;
}

function usersHere(): readonly string[] {
  try {
    return readFileSync('/etc/passwd', 'utf8').split('\n');
  } catch {
    return [];
  }
}

function canRead(user: OrdinaryUser, files: readonly string[]): boolean {
  const script = 'for (const it of process.argv.slice(1)) require("node:fs").accessSync(it)';
  try {
    execFileSync(process.execPath, ['-e', script, ...files], {
      ...user,
      stdio: 'ignore',
      cwd: '/',
    });
    return true;
  } catch {
    return false;
  }
}

/** Gives a folder and all that is in it to the user. */
export async function giveTo({ uid, gid }: OrdinaryUser, folder: string): Promise<void> {
  const inside = await readdir(folder, { recursive: true });
  for (const path of [folder, ...inside.map((it) => join(folder, it))]) {
    await lchown(path, uid, gid);
  }
}
