import { namedDial, targetOf, type Dial } from '../adapters/dial.ts';
import {
  actOnContainer,
  shellInContainer,
  type ContainerAction,
  type ContainerShell,
} from '../adapters/docker/container-actions.ts';
import { logOfContainer } from '../adapters/docker/container-log.ts';
import { ContainerAddresses } from '../adapters/docker/container-addresses.ts';
import { containerDial } from '../adapters/docker/container-dial.ts';
import type { EndpointOptions } from '../adapters/docker/docker-endpoint.ts';
import { ContainerFinder } from '../adapters/docker/container-finder.ts';
import { farMachine, seenFromItsMachine } from '../adapters/docker/far-machine.ts';
import { thisMachine, type Machine } from '../adapters/docker/machine.ts';
import { fixedAddresses } from '../adapters/fixed-addresses.ts';
import type { ClusterSettings, SshSettings } from '../config/settings.ts';
import type { Container, Containers } from '../core/model/container.ts';
import type { AddressBook, Store } from '../core/ports.ts';
import { ExecWays } from '../core/containers/exec-ways.ts';
import { orUndefined } from '../core/engine/or-undefined.ts';

export { openDocker } from '../adapters/docker/open-docker.ts';

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

/** `endpoint`: as `DOCKER_HOST` spells it; undefined: wherever the docker command would look. `ssh`: through which SSH hosts it looks. */
export function createContainers(
  log: Log,
  endpoint?: string,
  ssh?: EndpointOptions['ssh'],
): ContainerWatch {
  return new ContainerFinder({ log, context: { setting: endpoint, ssh } });
}

/** One finder for each engine, shared by all clusters; each is started when the first cluster needs it. */
export interface Finders {
  /** `through`: what the settings say of the SSH host of an endpoint, beside its name. */
  of(endpoint: string | undefined, through?: SshSettings): ContainerFinder;
  close(): void;
}

export function finders(log: Log, ssh: NonNullable<EndpointOptions['ssh']>): Finders {
  const all = new Map<string, ContainerFinder>();
  return {
    of: (endpoint, through) => {
      const name = JSON.stringify([endpoint, through]);
      const way: EndpointOptions['ssh'] = (host) => ssh(through ?? host);
      const finder =
        all.get(name) ?? new ContainerFinder({ log, context: { setting: endpoint, ssh: way } });
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
export interface ContainerControl {
  /** Waits until it is done, or until `signal` says that nobody waits any more. */
  act(container: Container, action: ContainerAction, signal?: AbortSignal): Promise<void>;
  /** The last lines that it wrote, the oldest first. */
  log(container: Container, lines: number): Promise<string>;
  shell(container: Container): ContainerShell;
}

/** How the servers of a cluster are found and reached. */
export interface ServerAccess {
  readonly addresses: AddressBook;
  readonly dial: Dial;
  /** Whether an address leads through the engine, or to a container on a network of its machine. */
  readonly leadsIntoContainer: (address: string) => boolean;
  /** undefined where the settings never look for containers. */
  readonly control: ContainerControl | undefined;
}

/**
 * `straight`: how a server is reached that is in no container, or whose port is published. `isFar`: it ends on the machine
 * of the engine, which is the SSH host of the cluster.
 */
export function accessTo(
  cluster: ClusterSettings,
  straight: Dial,
  parts: {
    readonly finders: Finders;
    readonly store: Store | undefined;
    readonly log: Log;
    readonly isFar: boolean;
  },
): ServerAccess {
  const { id, addresses: told, docker, seeds } = cluster;
  const direct = namedDial(straight);
  if (docker === false) {
    return {
      addresses: fixedAddresses(told),
      dial: direct,
      leadsIntoContainer: () => false,
      control: undefined,
    };
  }
  const found = parts.finders.of(docker?.host, parts.isFar ? cluster.ssh : undefined);
  const finder = parts.isFar ? seenFromItsMachine(found) : found;
  const network = docker?.network;
  const ways = new ExecWays();
  const machine = parts.isFar ? farMachine(direct) : thisMachine();
  const known = orUndefined(() => parts.store?.knownInstances(id)) ?? [];
  const reachedAsIs = new Set(known.filter((it) => it.address === it.key).map((it) => it.key));
  const led = new Set(known.filter((it) => it.address !== it.key).map((it) => it.key));
  return {
    addresses: new ContainerAddresses({
      told,
      seeds,
      finder,
      ways,
      asked: docker !== undefined,
      network,
      machine,
      reachedAsIs: (key) => reachedAsIs.has(key),
      ledBefore: (key) => led.has(key),
      log: (says) => {
        parts.log('warn', `${id}: ${says}`);
      },
    }),
    dial: containerDial(finder, direct, { ways, network }),
    leadsIntoContainer: (address) =>
      ways.at(address) !== undefined || isContainerAddress(address, finder, machine),
    control: controlOf(finder),
  };
}

function controlOf(finder: Pick<ContainerFinder, 'containers' | 'engine'>): ContainerControl {
  return {
    act: (container, action, signal) => actOnContainer(finder, container, action, signal),
    log: (container, lines) => logOfContainer(finder, container, lines),
    shell: (container) => shellInContainer(finder, container),
  };
}

/** The gateway of its network is this machine's own: what is sent there never leaves the machine. */
function isContainerAddress(
  address: string,
  { containers: { all, remoteHost } }: Pick<ContainerFinder, 'containers'>,
  machine: Machine,
): boolean {
  const { host } = targetOf(address);
  return (
    remoteHost === null &&
    all.some(({ networks }) =>
      networks.some((it) => it.address === host && it.gateway !== null && machine.owns(it.gateway)),
    )
  );
}
