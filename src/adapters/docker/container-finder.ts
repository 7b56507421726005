import type { Container, Containers } from '../../core/model/container.ts';
import { noContainers } from '../../core/model/container.ts';
import type { Phrase } from '../../core/model/phrase.ts';
import type { OpenDocker } from './open-docker.ts';
import { openDocker, ping } from './open-docker.ts';
import { followEvents } from './container-events.ts';
import { listContainers, lookAt } from './look-at-containers.ts';
import { troubleOf } from './docker-trouble.ts';
import type { EndpointOptions } from './docker-endpoint.ts';

export interface FinderOptions {
  readonly context?: EndpointOptions;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;
  /** Between two attempts to reach an engine, the first and the longest, in milliseconds. */
  readonly retryMs?: readonly [number, number];
}

/** How often an engine that says nothing is asked whether it is there, in milliseconds. */
const checkEveryMs = 10_000;
const checkMs = 2_000;
/** How long the begin of the events is waited for, in milliseconds. */
const subscribeMs = 300;

/**
 * Keeps a picture of the containers of one engine, fresh by its events, until it is closed. An engine that ends leaves the
 * last picture, and why it is not fresh; it is looked for again and again.
 */
export class ContainerFinder {
  readonly #options: FinderOptions;
  readonly #listeners = new Set<() => void>();
  readonly #end = new AbortController();
  readonly #firstLook: Promise<void>;
  #containers: Containers = noContainers;
  #open: OpenDocker | undefined;
  #told = '';
  readonly #began = performance.now();

  constructor(options: FinderOptions) {
    this.#options = options;
    this.#firstLook = new Promise((resolve) => {
      const stop = this.onChange(() => {
        if (this.#containers.looked) {
          stop();
          resolve();
        }
      });
    });
    void this.#keepLooking();
  }

  get containers(): Containers {
    return this.#containers;
  }

  /** Undefined while the engine cannot be asked. */
  get engine(): OpenDocker | undefined {
    return this.#open;
  }

  /** Settles when the engine was looked at, with or without success, or `ms` after the finder began. Never rejects. */
  async looked(ms: number): Promise<void> {
    const left = ms - (performance.now() - this.#began);
    if (!this.#containers.looked && left > 0) {
      await Promise.race([this.#firstLook, pause(left, this.#end.signal)]);
    }
  }

  /** Tells every new picture. Returns how to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#end.abort();
    this.#listeners.clear();
  }

  async #keepLooking(): Promise<void> {
    const [first, longest] = this.#options.retryMs ?? [250, 10_000];
    let rest = first;
    while (!this.#ended) {
      await this.#lookOnce();
      // Whoever answered this time is looked for again soon.
      rest = this.#open === undefined ? Math.min(rest * 2, longest) : first;
      this.#open = undefined;
      await pause(rest, this.#end.signal);
    }
  }

  get #ended(): boolean {
    return this.#end.signal.aborted;
  }

  /** Until the engine cannot be asked any more. */
  async #lookOnce(): Promise<void> {
    const opened = await openDocker(this.#options.context);
    if (opened.kind === 'closed') {
      this.#stale(opened.problem);
      return;
    }
    const within = new AbortController();
    const end = AbortSignal.any([within.signal, this.#end.signal]);
    try {
      // Events first, so that nothing happens unseen between the list and them.
      const events = followEvents(opened, end);
      await Promise.race([events.begun, pause(subscribeMs, end)]);
      const all = await listContainers(opened, this.#unreadable);
      this.#open = opened;
      this.#show({ all, problem: null, looked: true, remoteHost: remoteHostOf(opened) });
      await Promise.race([this.#follow(opened, events.ids), this.#check(opened, end)]);
    } catch (error) {
      this.#stale(troubleOf(error, opened.found));
    } finally {
      within.abort();
    }
  }

  async #follow(opened: OpenDocker, events: AsyncIterable<string>): Promise<void> {
    for await (const id of events) {
      const seen = await lookAt(opened, id, this.#unreadable);
      const { all } = this.#containers;
      const others = all.filter((it) => it.id !== id);
      this.#show({
        ...this.#containers,
        all: seen === undefined ? others : sorted([...others, seen]),
      });
    }
    throw Object.assign(new Error('The events ended.'), { code: 'ECONNRESET' });
  }

  /** An engine that hangs keeps its connections open and sends no events. */
  async #check({ docker, found }: OpenDocker, end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await pause(checkEveryMs, end);
      if (!end.aborted) {
        await ping({ docker, found }, checkMs);
      }
    }
  }

  #stale(problem: Phrase): void {
    this.#show({ ...this.#containers, problem, looked: true });
  }

  #show(containers: Containers): void {
    if (this.#ended) {
      return;
    }
    const shown = JSON.stringify(containers);
    this.#containers = containers;
    if (shown !== this.#told) {
      this.#told = shown;
      [...this.#listeners].forEach((it) => {
        it();
      });
    }
  }

  readonly #unreadable = (says: string): void => {
    this.#options.log('warn', `A container cannot be read: ${says}`);
  };
}

function sorted(containers: readonly Container[]): readonly Container[] {
  return containers.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function remoteHostOf({ found: { endpoint } }: OpenDocker): string | null {
  if (endpoint.kind === 'socket') {
    return null;
  }
  return /^(localhost|127\.|\[?::1\]?$)/.test(endpoint.host) ? null : endpoint.host;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms).unref();
    signal.addEventListener('abort', done, { once: true });
  });
}
