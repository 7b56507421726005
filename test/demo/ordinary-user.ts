import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getuid } from 'node:process';

export interface OrdinaryUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom the demo runs as where root starts it: who called `sudo`, else `nobody`. Undefined where we are no root, and where
 * that user cannot read `files`, such as in the home of root. Whoever gets at the workbench has a terminal of that user.
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
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((it) => it.startsWith('nobody:'));
  const [, , uid, gid] = (line ?? '').split(':').map(Number);
  return uid !== undefined && gid !== undefined && uid > 0 && gid > 0 ? { uid, gid } : undefined;
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
