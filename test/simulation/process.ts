import type { Clock } from '../../src/core/ports.ts';
import type { Timer, VirtualTime } from './virtual-time.ts';

/** One process of ours on one host. It can be killed at any moment, and frozen as by SIGSTOP. */
export class SimProcess {
  readonly host: string;
  readonly pid: number;
  readonly #time: VirtualTime;
  readonly #ends: (() => void)[] = [];
  #waiting: (() => void)[] = [];
  #isAlive = true;
  #isFrozen = false;

  constructor(host: string, pid: number, time: VirtualTime) {
    this.host = host;
    this.pid = pid;
    this.#time = time;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** It runs: alive and not frozen. */
  get runs(): boolean {
    return this.#isAlive && !this.#isFrozen;
  }

  get name(): string {
    return `ops@${this.host} (${String(this.pid)})`;
  }

  /** Does the work in this process: never when it is dead, later when it is frozen. */
  do(work: () => void): void {
    if (!this.#isAlive) return;
    if (this.#isFrozen) {
      this.#waiting.push(work);
    } else {
      work();
    }
  }

  after(ms: number, work: () => void): Timer {
    return this.#time.after(ms, () => {
      this.do(work);
    });
  }

  onEnd(listener: () => void): void {
    this.#ends.push(listener);
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#waiting = [];
    this.#ends.forEach((it) => {
      it();
    });
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    const due = this.#waiting;
    this.#waiting = [];
    due.forEach((it) => {
      this.#time.after(0, () => {
        this.do(it);
      });
    });
  }
}

/** Milliseconds since the epoch at which every history begins. */
export const beginning = 1_800_000_000_000;

export function clockOf(process: SimProcess, time: VirtualTime): Clock {
  return {
    now: () => beginning + time.now,
    monotonic: () => time.now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(reasonOf(signal));
          return;
        }
        const onAbort = (): void => {
          timer.cancel();
          reject(reasonOf(signal));
        };
        const timer = process.after(ms, () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        });
        signal.addEventListener('abort', onAbort, { once: true });
      }),
  };
}

export function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}
