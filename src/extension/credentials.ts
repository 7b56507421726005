import type * as vscode from 'vscode';

export type Which = 'monitor' | 'replication';

/** Passwords in the editor's safe, by cluster and user. They are never written anywhere else. */
export class Credentials {
  readonly #safe: vscode.SecretStorage;
  /** Names that we are just writing: their change is no news. */
  readonly #own = new Set<string>();

  constructor(safe: vscode.SecretStorage) {
    this.#safe = safe;
  }

  async read(cluster: string, which: Which): Promise<string | undefined> {
    return this.#safe.get(nameOf(cluster, which));
  }

  /** An empty password removes the stored one. */
  async keep(cluster: string, which: Which, password: string): Promise<void> {
    const name = nameOf(cluster, which);
    this.#own.add(name);
    await (password === '' ? this.#safe.delete(name) : this.#safe.store(name, password));
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

function nameOf(cluster: string, which: Which): string {
  return `${prefix}${which}/${cluster}`;
}
