import { join } from 'node:path';
import * as z from 'zod';
import { readJson, writeJson } from '../../adapters/private-json.ts';
import type { WatchedCluster } from '../engine/cluster-watch.ts';

/** Who keeps the watch over a cluster, as a person decided; `nobody`: not now. */
export type WatchChoice = 'background' | 'window' | 'nobody';

const choicesSchema = z.record(z.string(), z.enum(['background', 'window', 'nobody']));

/**
 * The choices by cluster, in a file beside the journal: what an editor's window remembers by itself, other windows
 * of the same machine see late, and in a browser never.
 */
export class WatchChoices {
  readonly #file: string;
  readonly #tell: (says: string) => void;

  /** `tell`: why the file is not used, at every look. */
  constructor(stateDir: string, tell: (says: string) => void) {
    this.#file = join(stateDir, 'watch-choices.json');
    this.#tell = tell;
  }

  /** Undefined: nobody was asked yet. */
  of(cluster: string): WatchChoice | undefined {
    return this.#read()[cluster];
  }

  keep(cluster: string, choice: WatchChoice): void {
    writeJson(this.#file, { ...this.#read(), [cluster]: choice });
  }

  forget(cluster: string): void {
    const others = Object.entries(this.#read()).filter(([id]) => id !== cluster);
    writeJson(this.#file, Object.fromEntries(others));
  }

  /** Without a file, or with one that is not used, nobody was asked. */
  #read(): Readonly<Record<string, WatchChoice>> {
    return readJson(this.#file, (it) => choicesSchema.parse(it), this.#tell) ?? {};
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
