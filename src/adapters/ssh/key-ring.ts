import type { ParsedKey } from 'ssh2';

/** What a person told of encrypted keys, kept for as long as this process lives. */
export class KeyRing {
  readonly #passphrases = new Map<string, string>();
  /** By file and what it holds. */
  readonly #opened = new Map<string, { readonly text: string; readonly key: ParsedKey }>();

  /** By file: what it held when its passphrase did not open it. */
  readonly #wrong = new Map<string, string>();

  passphraseOf(file: string): string | undefined {
    return this.#passphrases.get(file);
  }

  tell(file: string, passphrase: string): void {
    if (passphrase !== this.#passphrases.get(file)) {
      this.#wrong.delete(file);
    }
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

  /** The passphrase that is known does not open it. To find out again would be as slow as to open it. */
  isWrong(file: string, text: string): boolean {
    return this.#wrong.get(file) === text;
  }

  keepWrong(file: string, text: string): void {
    this.#wrong.set(file, text);
  }
}
