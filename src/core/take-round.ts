import { assembleTopology } from './discover/assemble-topology.ts';
import { crawl } from './discover/crawl.ts';
import { neighbours, type Refusal } from './discover/neighbours.ts';
import { strangers } from './discover/strangers.ts';
import type { ClusterMemory } from './memory.ts';
import { answered, type InstanceKey } from './model/instance.ts';
import { memberOf, replicasOf, type RefusingNeighbour, type Topology } from './model/topology.ts';
import type { AddressBook, Clock, Prober } from './ports.ts';

export interface RoundParts {
  readonly cluster: string;
  readonly seeds: readonly InstanceKey[];
  readonly prober: Prober;
  readonly addresses: AddressBook;
  readonly clock: Clock;
}

/** `previous`: the picture of the round before. */
export type TakeRound = (previous: Topology | undefined, signal: AbortSignal) => Promise<Topology>;

/** Rounds of one cluster: each asks everybody who is known, and whoever they name, and makes one picture of it. */
export function roundsOf(parts: RoundParts, memory: ClusterMemory): TakeRound {
  const { cluster, seeds, clock } = parts;
  const beside = neighbours(parts);
  return async (previous, signal) => {
    const members = previous?.members.map((it) => it.key) ?? [];
    const names = [...seeds, ...members, ...memory.knownKeys(), ...beside.found()];
    const named = await crawl(names, parts, signal);
    const all = [...named, ...(await beside.join(named, signal))];
    // Whoever was not asked to the end looks silent: a round that was broken off is no picture.
    signal.throwIfAborted();
    const leftBehind = strangers(all, seeds, memory.knownKeys());
    memory.forget(leftBehind);
    const sightings = all.filter((it) => !leftBehind.includes(it.name));
    const topology = assembleTopology(cluster, clock.now(), sightings, {
      previous,
      lastPromotion: memory.lastPromotion(),
      lastMaster: memory.lastMaster(),
      lastSources: memory.lastSources(),
    });
    const refusing = refusingBeside(topology, beside.refusals(), parts.addresses);
    return refusing.length === 0 ? topology : { ...topology, refusing };
  };
}

/** Who refuses our user beside the cluster, and on which network that is. */
function refusingBeside(
  { members }: Topology,
  refusals: readonly Refusal[],
  addresses: Pick<AddressBook, 'containerOf'>,
): readonly RefusingNeighbour[] {
  const inside = new Set(members.flatMap((it) => [it.address, it.key, ...it.aliases]));
  const networks = (key: InstanceKey): readonly string[] =>
    addresses.containerOf(key)?.networks.map((it) => it.name) ?? [];
  const own = new Set(members.flatMap((it) => [it.key, ...it.aliases]).flatMap(networks));
  return refusals
    .filter((it) => !inside.has(it.address) && !inside.has(it.name))
    .map(({ name, says }) => ({
      instance: name,
      network: networks(name).find((it) => own.has(it)) ?? null,
      says,
    }))
    .toSorted((a, b) => (a.instance < b.instance ? -1 : 1));
}

/**
 * Whose locks count, by a good look at the master: its replicas that replicate. Where the master does not answer, all
 * its replicas that are known, for a process that began too late; undefined when there is no master.
 */
export function electorateOf(topology: Topology): {
  readonly good: boolean;
  readonly replicas: readonly InstanceKey[];
} {
  const master = memberOf(topology, topology.master);
  const replicas = master === undefined ? [] : replicasOf(topology, master.key);
  const good = answered(master) !== undefined;
  const counted = good
    ? replicas.filter((it) => answered(it)?.channels[0]?.receiver === 'yes')
    : replicas;
  return { good, replicas: counted.map((it) => it.key) };
}
