import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import { ofUser, type Origin } from '../../config/kept-settings.ts';
import type { ClusterSettings } from '../../config/settings.ts';

export type Which = 'monitor' | 'replication';

/** What a stored password belongs to: it goes to no other user, and to no other servers, nor to the same on another way. */
export type Account = Pick<
  ClusterSettings,
  'id' | 'user' | 'replicationUser' | 'seeds' | 'addresses' | 'ssh' | 'docker' | 'tls'
>;

/**
 * Passwords in the editor's safe, by cluster, user, and where they go: settings of a folder that name a known cluster find
 * only what was stored for that folder. They are never written anywhere else.
 */
export class Credentials {
  readonly #safe: vscode.SecretStorage;
  /** Names that we are just writing: their change is no news. */
  readonly #own = new Set<string>();

  readonly #originOf: (cluster: string) => Origin | undefined;

  /** `originOf`: where a cluster stands; undefined while the settings do not name it, and then it will be the user's. */
  constructor(safe: vscode.SecretStorage, originOf: (cluster: string) => Origin | undefined) {
    this.#safe = safe;
    this.#originOf = originOf;
  }

  async read(cluster: Account, which: Which): Promise<string | undefined> {
    const name = this.#nameOf(cluster, which);
    const kept = await this.#safe.get(name);
    if (kept !== undefined || this.#originOf(cluster.id) !== ofUser) return kept;
    // Earlier versions kept it by cluster, user and seeds, and before that by the cluster's name alone.
    return (
      (await this.#move(earlierNameOf(cluster, which), name)) ??
      (await this.#move(`${prefix}${which}/${cluster.id}`, name))
    );
  }

  /** The user changed where a cluster of their own is, or how it is reached: its passwords go with it. */
  async follow(before: Account, after: Account): Promise<void> {
    for (const which of ['monitor', 'replication'] as const) {
      if (userOf(before, which) !== userOf(after, which)) continue;
      const name = this.#nameOf(after, which);
      const moved = await this.#move(this.#nameOf(before, which), name);
      if (moved === undefined && (await this.#safe.get(name)) === undefined) {
        await this.#move(earlierNameOf(before, which), name);
      }
    }
  }

  /**
   * Once, at the first start of this version: what folders used until now they go on using. `before`: clusters of folders,
   * as they were then. A folder that names such a cluster later gets nothing.
   */
  async settleFolders(before: readonly (Account & { readonly origin: Origin })[]): Promise<void> {
    if ((await this.#safe.get(settledFolders)) !== undefined) return;
    for (const it of before) {
      for (const which of ['monitor', 'replication'] as const) {
        await this.#move(earlierNameOf(it, which), nameOf(it, which, it.origin));
      }
    }
    await this.#safe.store(settledFolders, 'yes');
  }

  /** Whether anything is stored for a cluster of this name. */
  async has(cluster: string): Promise<boolean> {
    const keys = await this.#safe.keys();
    return keys.some((it) => isOf(it, cluster));
  }

  #nameOf(account: Account, which: Which): string {
    return nameOf(account, which, this.#originOf(account.id) ?? ofUser);
  }

  /** An empty password removes the stored one. */
  async keep(cluster: Account, which: Which, password: string): Promise<void> {
    const name = this.#nameOf(cluster, which);
    this.#own.add(name);
    await (password === '' ? this.#safe.delete(name) : this.#safe.store(name, password));
  }

  /** A cluster that a person removed leaves no password behind, also none of a former user or of other seeds. */
  async forget(cluster: string): Promise<void> {
    for (const key of await this.#safe.keys()) {
      if (!isOf(key, cluster)) continue;
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

/** Said once passwords of folders are kept apart from those of the user. */
const settledFolders = 'folders-apart';

function isOf(key: string, cluster: string): boolean {
  const names = ['monitor', 'replication'].map((which) => `${prefix}${which}/${cluster}`);
  return names.some((it) => key === it || key.startsWith(`${it}/`));
}

function nameOf(account: Account, which: Which, origin: Origin): string {
  const { addresses, ssh, docker, tls } = account;
  const way = { addresses, ssh, docker, tls, origin };
  return named(account, which, [...ownerOf(account, which), inOrder(way)]);
}

function earlierNameOf(account: Account, which: Which): string {
  return named(account, which, ownerOf(account, which));
}

function ownerOf(account: Account, which: Which): readonly unknown[] {
  return [userOf(account, which) ?? '', account.seeds.toSorted()];
}

function named({ id }: Account, which: Which, owner: readonly unknown[]): string {
  const digest = createHash('sha256').update(JSON.stringify(owner)).digest('hex').slice(0, 32);
  return `${prefix}${which}/${id}/${digest}`;
}

/** However the settings order them. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (Array.isArray(value)) return value.map(inOrder);
  const entries = Object.entries(value).filter(([, it]) => it !== undefined);
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, it]) => [key, inOrder(it)]);
}

function userOf(account: Account, which: Which): string | undefined {
  return which === 'monitor' ? account.user : account.replicationUser;
}
