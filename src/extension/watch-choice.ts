import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { WatchedCluster } from './cluster-watch.ts';

/** Who keeps the watch over a cluster, as a person decided; `nobody`: not now. */
export type WatchChoice = 'background' | 'window' | 'nobody';

const choicesSchema = z.record(z.string(), z.enum(['background', 'window', 'nobody']));

/**
 * The choices by cluster, in a file beside the journal: what an editor's window remembers by itself, other windows
 * of the same machine see late, and in a browser never.
 */
export class WatchChoices {
  readonly #file: string;

  constructor(stateDir: string) {
    this.#file = join(stateDir, 'watch-choices.json');
  }

  /** Undefined: nobody was asked yet. */
  of(cluster: string): WatchChoice | undefined {
    return this.#read()[cluster];
  }

  keep(cluster: string, choice: WatchChoice): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const fresh = `${this.#file}.${String(process.pid)}`;
    const choices = { ...this.#read(), [cluster]: choice };
    writeFileSync(fresh, `${JSON.stringify(choices, null, 2)}\n`, { mode: 0o600 });
    renameSync(fresh, this.#file);
  }

  /** Without a file, or with one that somebody damaged, nobody was asked. */
  #read(): Readonly<Record<string, WatchChoice>> {
    try {
      return choicesSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return {};
    }
  }
}

/**
 * Whether a window keeps the watch itself. Where automatic failover is asked for, only when a person chose so; where
 * only a proxy is to be served, unless a background monitor does it: nothing is ever changed then.
 */
export function windowKeeps(
  { settings, automated }: Omit<WatchedCluster, 'backend'>,
  choice: WatchChoice | undefined,
): boolean {
  if (choice === 'background') return false;
  const serves = settings.proxies.some((it) => it.kind === 'embedded');
  return automated ? choice === 'window' : serves;
}
