import type { Dial } from './adapters/dial.ts';
import {
  actOnContainer,
  logOfContainer,
  shellInContainer,
  type ContainerAction,
  type ContainerShell,
} from './adapters/docker/container-actions.ts';
import { ContainerAddresses } from './adapters/docker/container-addresses.ts';
import { containerDial } from './adapters/docker/container-dial.ts';
import type { EndpointGround } from './adapters/docker/docker-endpoint.ts';
import { ContainerFinder } from './adapters/docker/container-finder.ts';
import { thisMachine } from './adapters/docker/machine.ts';
import { fixedAddresses } from './adapters/fixed-addresses.ts';
import type { ClusterSettings } from './config/settings.ts';
import type { Container, Containers } from './core/model/container.ts';
import type { AddressBook, Store } from './core/ports.ts';
import { quietly } from './core/quietly.ts';

export { openDocker } from './adapters/docker/open-docker.ts';

type Log = (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;

/** The containers of this machine's engine, kept fresh until it is closed. */
export interface ContainerWatch {
  readonly containers: Containers;
  /** Settles when the engine was looked at, at the latest `ms` after the watch began; then `containers` says what was found, or why not. */
  looked(ms: number): Promise<void>;
  /** Returns how to stop listening. */
  onChange(listener: () => void): () => void;
  close(): void;
}

/** `endpoint`: as `DOCKER_HOST` spells it; undefined: wherever the docker command would look. */
export function composeContainers(log: Log, endpoint?: string): ContainerWatch {
  return new ContainerFinder({ log, ground: { setting: endpoint } });
}

/** One finder for each engine, shared by all clusters; each is started when the first cluster needs it. */
export interface Finders {
  of(endpoint: string | undefined): ContainerFinder;
  close(): void;
}

export function finders(log: Log, ssh: EndpointGround['ssh']): Finders {
  const all = new Map<string, ContainerFinder>();
  return {
    of: (endpoint) => {
      const name = endpoint ?? '';
      const finder =
        all.get(name) ?? new ContainerFinder({ log, ground: { setting: endpoint, ssh } });
      all.set(name, finder);
      return finder;
    },
    close: () => {
      all.forEach((it) => {
        it.close();
      });
    },
  };
}

/** What may be done with the containers of a cluster. Every method throws ReplicationError. */
export interface ContainerDoor {
  /** Waits until it is done. */
  act(container: Container, action: ContainerAction): Promise<void>;
  /** The last lines that it wrote, the oldest first. */
  log(container: Container, lines: number): Promise<string>;
  shell(container: Container): ContainerShell;
}

/** How the servers of a cluster are found and reached. */
export interface Ways {
  readonly addresses: AddressBook;
  readonly dial: Dial;
  /** undefined where the settings never look for containers. */
  readonly door: ContainerDoor | undefined;
}

/** `direct`: how a server is reached that is in no container, or whose port is published. */
export function waysTo(
  cluster: ClusterSettings,
  direct: Dial,
  parts: { readonly finders: Finders; readonly store: Store | undefined; readonly log: Log },
): Ways {
  const { id, addresses: told, docker, seeds } = cluster;
  // Behind a bastion, loopback and networks are those of another machine.
  const isElsewhere = cluster.ssh !== undefined && docker === undefined;
  if (docker === false || isElsewhere) {
    return { addresses: fixedAddresses(told), dial: direct, door: undefined };
  }
  const finder = parts.finders.of(docker?.host);
  const network = docker?.network;
  const known = quietly(() => parts.store?.knownInstances(id)) ?? [];
  const reachedAsIs = new Set(known.filter((it) => it.address === it.key).map((it) => it.key));
  return {
    addresses: new ContainerAddresses({
      told,
      seeds,
      finder,
      asked: docker !== undefined,
      network,
      machine: thisMachine(),
      reachedAsIs: (key) => reachedAsIs.has(key),
      log: (says) => {
        parts.log('warn', `${id}: ${says}`);
      },
    }),
    dial: containerDial(finder, direct, network),
    door: {
      act: (container, action) => actOnContainer(finder, container, action),
      log: (container, lines) => logOfContainer(finder, container, lines),
      shell: (container) => shellInContainer(finder, container),
    },
  };
}
