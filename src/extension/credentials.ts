import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import type { ClusterSettings } from '../config/settings.ts';

export type Which = 'monitor' | 'replication';

/** What a stored password belongs to: it goes to no other user, and to no other servers. */
export type Account = Pick<ClusterSettings, 'id' | 'user' | 'replicationUser' | 'seeds'>;

/**
 * Passwords in the editor's safe, by cluster, user and seeds: settings of a folder that name a known cluster with seeds of
 * their own find none. They are never written anywhere else.
 */
export class Credentials {
  readonly #safe: vscode.SecretStorage;
  /** Names that we are just writing: their change is no news. */
  readonly #own = new Set<string>();

  readonly #isOfUser: (cluster: string) => boolean;

  /** `isOfUser`: whether the user's own settings name a cluster. */
  constructor(safe: vscode.SecretStorage, isOfUser: (cluster: string) => boolean) {
    this.#safe = safe;
    this.#isOfUser = isOfUser;
  }

  async read(cluster: Account, which: Which): Promise<string | undefined> {
    const name = nameOf(cluster, which);
    const kept = await this.#safe.get(name);
    if (kept !== undefined || !this.#isOfUser(cluster.id)) return kept;
    // Earlier versions kept it by the cluster's name alone.
    return this.#move(`${prefix}${which}/${cluster.id}`, name);
  }

  /** The user changed the seeds of a cluster of their own: its passwords go with it. */
  async follow(before: Account, after: Account): Promise<void> {
    for (const which of ['monitor', 'replication'] as const) {
      const isSameUser = userOf(before, which) === userOf(after, which);
      if (isSameUser) await this.#move(nameOf(before, which), nameOf(after, which));
    }
  }

  /** An empty password removes the stored one. */
  async keep(cluster: Account, which: Which, password: string): Promise<void> {
    const name = nameOf(cluster, which);
    this.#own.add(name);
    await (password === '' ? this.#safe.delete(name) : this.#safe.store(name, password));
  }

  /** A cluster that a person removed leaves no password behind, also none of a former user or of other seeds. */
  async forget(cluster: string): Promise<void> {
    const names = ['monitor', 'replication'].map((which) => `${prefix}${which}/${cluster}`);
    for (const key of await this.#safe.keys()) {
      if (!names.some((it) => key === it || key.startsWith(`${it}/`))) continue;
      this.#own.add(key);
      await this.#safe.delete(key);
    }
  }

  async #move(from: string, to: string): Promise<string | undefined> {
    const password = from === to ? undefined : await this.#safe.get(from);
    if (password === undefined) return undefined;
    this.#own.add(from).add(to);
    await this.#safe.store(to, password);
    await this.#safe.delete(from);
    return password;
  }

  async readPassphrase(keyFile: string): Promise<string | undefined> {
    return this.#safe.get(`${passphrasePrefix}${keyFile}`);
  }

  /** The newest is what a background monitor is given: it can be told one. */
  async newestPassphrase(): Promise<string | undefined> {
    return this.#safe.get(newestPassphrase);
  }

  async keepPassphrase(keyFile: string, passphrase: string): Promise<void> {
    await this.#safe.store(`${passphrasePrefix}${keyFile}`, passphrase);
    await this.#safe.store(newestPassphrase, passphrase);
  }

  /** Tells when another window changed a password of ours. */
  onForeignChange(listener: () => void): vscode.Disposable {
    return this.#safe.onDidChange(({ key }) => {
      const own = this.#own.delete(key);
      if (key.startsWith(prefix) && !own) listener();
    });
  }
}

const prefix = 'password/';
const passphrasePrefix = 'ssh-passphrase/of/';
const newestPassphrase = 'ssh-passphrase/newest';

function nameOf(account: Account, which: Which): string {
  const owner = JSON.stringify([userOf(account, which) ?? '', account.seeds.toSorted()]);
  const digest = createHash('sha256').update(owner).digest('hex').slice(0, 32);
  return `${prefix}${which}/${account.id}/${digest}`;
}

function userOf(account: Account, which: Which): string | undefined {
  return which === 'monitor' ? account.user : account.replicationUser;
}
