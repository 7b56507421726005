import { freePorts } from '../../src/adapters/lab/free-ports.ts';
import type {
  OptionValues,
  ServerDistribution,
} from '../../src/adapters/lab/server-distribution.ts';
import { makeNetwork, type Host, type Network } from './network.ts';

/** Where one server of a test lives. `port` of 127.0.0.1 always leads us to it. */
export interface Place {
  readonly port: number;
  /** Undefined on this machine's own network. */
  readonly host: Host | undefined;
}

/** Where the servers of one cluster live. */
export interface Places {
  readonly all: readonly Place[];
  readonly network: Network | undefined;
  remove(): Promise<void>;
}

/** Free ports of 127.0.0.1; in a network of its own the hosts `m`, `r1`, `r2`, ... and `w`, for whoever keeps the watch. */
export async function findPlaces(count: number, inNetwork: boolean): Promise<Places> {
  const ports = await freePorts(count);
  if (!inNetwork) {
    const all = ports.map((port) => ({ port, host: undefined }));
    return { all, network: undefined, remove: () => Promise.resolve() };
  }
  const names = ports.map((_, place) => (place === 0 ? 'm' : `r${String(place)}`));
  const network = await makeNetwork([...names, 'w']);
  try {
    const all = ports.map((port, place) => ({ port, host: network.host(names[place] ?? '') }));
    for (const { port, host } of all) await network.openDoor(host.name, port);
    return { all, network, remove: () => network.remove() };
  } catch (error) {
    await network.remove();
    throw error;
  }
}

/** The same programs, run there. */
export function distributionAt(
  distribution: ServerDistribution,
  host: Host | undefined,
): ServerDistribution {
  return host === undefined
    ? distribution
    : { ...distribution, command: [...host.command, ...distribution.command] };
}

export function hostOptions(host: Host | undefined): OptionValues {
  return host === undefined ? {} : { 'bind-address': '*' };
}
