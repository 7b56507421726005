import type { ParsedKey } from 'ssh2';

/** What a person told of encrypted keys, kept for as long as this process lives. */
export class KeyRing {
  readonly #passphrases = new Map<string, string>();
  /** By file and what it holds. */
  readonly #opened = new Map<string, { readonly text: string; readonly key: ParsedKey }>();

  passphraseOf(file: string): string | undefined {
    return this.#passphrases.get(file);
  }

  tell(file: string, passphrase: string): void {
    this.#passphrases.set(file, passphrase);
  }

  /** Opening is slow on purpose, and nothing else runs meanwhile: a lost connection must not cost that again. */
  opened(file: string, text: string): ParsedKey | undefined {
    const known = this.#opened.get(file);
    return known?.text === text ? known.key : undefined;
  }

  keep(file: string, text: string, key: ParsedKey): void {
    this.#opened.set(file, { text, key });
  }
}
