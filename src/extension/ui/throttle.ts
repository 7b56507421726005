/** Calls at most once per `everyMs`: at once when it was quiet, else when the time is over. */
export class Throttle {
  readonly #call: () => void;
  readonly #everyMs: number;
  #waiting: NodeJS.Timeout | undefined;
  #again = false;

  constructor(call: () => void, everyMs: number) {
    this.#call = call;
    this.#everyMs = everyMs;
  }

  ask(): void {
    if (this.#waiting !== undefined) {
      this.#again = true;
      return;
    }
    this.#waiting = setTimeout(() => this.#ended(), this.#everyMs);
    this.#call();
  }

  dispose(): void {
    clearTimeout(this.#waiting);
    this.#again = false;
  }

  #ended(): void {
    this.#waiting = undefined;
    if (!this.#again) return;
    this.#again = false;
    this.ask();
  }
}
