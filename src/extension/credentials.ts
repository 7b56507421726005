import type * as vscode from 'vscode';

export type Which = 'monitor' | 'replication';

/** Passwords in the editor's safe, by cluster and user. They are never written anywhere else. */
export class Credentials {
  readonly #safe: vscode.SecretStorage;

  constructor(safe: vscode.SecretStorage) {
    this.#safe = safe;
  }

  async read(cluster: string, which: Which): Promise<string | undefined> {
    return this.#safe.get(nameOf(cluster, which));
  }

  /** An empty password removes the stored one. */
  async keep(cluster: string, which: Which, password: string): Promise<void> {
    if (password === '') return this.#safe.delete(nameOf(cluster, which));
    return this.#safe.store(nameOf(cluster, which), password);
  }

  /** Tells when a password of ours was changed, by this window or another one. */
  onChange(listener: () => void): vscode.Disposable {
    return this.#safe.onDidChange(({ key }) => {
      if (key.startsWith(prefix)) listener();
    });
  }
}

const prefix = 'password/';

function nameOf(cluster: string, which: Which): string {
  return `${prefix}${which}/${cluster}`;
}
