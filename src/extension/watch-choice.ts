import type { WatchedCluster } from './cluster-watch.ts';

/** Who keeps the watch over a cluster, as a person decided; `nobody`: not now. */
export type WatchChoice = 'background' | 'window' | 'nobody';

/** Where choices are remembered, for this person on this machine. */
export interface ChoiceMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** The choices by cluster. */
export class WatchChoices {
  readonly #memory: ChoiceMemory;

  constructor(memory: ChoiceMemory) {
    this.#memory = memory;
  }

  /** Undefined: nobody was asked yet. */
  of(cluster: string): WatchChoice | undefined {
    const kept = this.#memory.get(keyOf(cluster));
    return kept === 'background' || kept === 'window' || kept === 'nobody' ? kept : undefined;
  }

  async keep(cluster: string, choice: WatchChoice): Promise<void> {
    await this.#memory.update(keyOf(cluster), choice);
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

function keyOf(cluster: string): string {
  return `watch/${cluster}`;
}
