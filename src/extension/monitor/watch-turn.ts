import type { ClusterBackend } from '../../core/backend.ts';

/** The watch over one cluster, either kept here or only followed: one after the other, never both. */
export class WatchTurn {
  readonly #backend: ClusterBackend;
  readonly #tell: (line: string) => void;
  #automatic: boolean | undefined;
  #abort = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(backend: ClusterBackend, tell: (line: string) => void) {
    this.#backend = backend;
    this.#tell = tell;
  }

  /** Watches from now on; `automatic`: keeps the watch. Asking for what is already so changes nothing. */
  watch(automatic: boolean): void {
    if (this.#ended || automatic === this.#automatic) return;
    this.#automatic = automatic;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#done = this.#follow(this.#done, automatic, this.#abort.signal);
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#abort.abort();
    await this.#done;
  }

  async #follow(before: Promise<void>, automatic: boolean, signal: AbortSignal): Promise<void> {
    await before;
    try {
      if (!signal.aborted) await this.#backend.watch(signal, automatic);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) this.#tell(`${this.#backend.cluster}: ${reason}`);
    }
  }
}
