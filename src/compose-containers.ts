import { ContainerFinder } from './adapters/docker/container-finder.ts';
import type { Containers } from './core/model/container.ts';

export { openDocker } from './adapters/docker/open-docker.ts';

/** The containers of this machine's engine, kept fresh until it is closed. */
export interface ContainerWatch {
  readonly containers: Containers;
  /** Settles when the engine was looked at, at the latest after `ms`; then `containers` says what was found, or why not. */
  looked(ms: number): Promise<void>;
  /** Returns how to stop listening. */
  onChange(listener: () => void): () => void;
  close(): void;
}

/** `endpoint`: as `DOCKER_HOST` spells it; undefined: wherever the docker command would look. */
export function composeContainers(
  log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void,
  endpoint?: string,
): ContainerWatch {
  return new ContainerFinder({ log, ground: { setting: endpoint } });
}
