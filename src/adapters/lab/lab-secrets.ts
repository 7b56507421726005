import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accounts } from '../../dialect/new-accounts.ts';

const users = { root: 'root', monitor: 'orc_client_user', replication: 'repl' } as const;

type Secret = keyof typeof users;

/** Files with one password each, which nobody but the user may read. */
export function passwordFileOf(folder: string, secret: Secret): string {
  return join(folder, `${secret}.password`);
}

export function userOf(secret: Secret): string {
  return users[secret];
}

/** Draws new passwords and keeps them in the lab's folder. */
export async function drawAccounts(folder: string): Promise<Accounts> {
  const [root, monitor, replication] = await Promise.all([
    drawPassword(folder, 'root'),
    drawPassword(folder, 'monitor'),
    drawPassword(folder, 'replication'),
  ]);
  return accountsOf(root, monitor, replication);
}

export async function readAccounts(folder: string): Promise<Accounts> {
  const [root, monitor, replication] = await Promise.all([
    readPassword(folder, 'root'),
    readPassword(folder, 'monitor'),
    readPassword(folder, 'replication'),
  ]);
  return accountsOf(root, monitor, replication);
}

/** Whom a lab knows, and the files of their passwords. */
export function loginsOf(folder: string): {
  readonly user: string;
  readonly passwordFile: string;
  readonly replicationUser: string;
  readonly replicationPasswordFile: string;
  readonly rootPasswordFile: string;
} {
  return {
    user: userOf('monitor'),
    passwordFile: passwordFileOf(folder, 'monitor'),
    replicationUser: userOf('replication'),
    replicationPasswordFile: passwordFileOf(folder, 'replication'),
    rootPasswordFile: passwordFileOf(folder, 'root'),
  };
}

function accountsOf(root: string, monitor: string, replication: string): Accounts {
  return {
    root: { user: users.root, password: root },
    monitor: { user: users.monitor, password: monitor, rights: 'least' },
    replication: { user: users.replication, password: replication },
  };
}

/** At most 32 characters: MySQL keeps no longer password of a replication user. */
async function drawPassword(folder: string, secret: Secret): Promise<string> {
  const password = randomBytes(18).toString('base64url');
  await writeFile(passwordFileOf(folder, secret), `${password}\n`, { mode: 0o600 });
  return password;
}

async function readPassword(folder: string, secret: Secret): Promise<string> {
  return (await readFile(passwordFileOf(folder, secret), 'utf8')).trimEnd();
}
