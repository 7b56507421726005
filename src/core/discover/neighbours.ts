import { keyOf, type InstanceKey } from '../model/instance.ts';
import type { AddressBook, Clock, Prober } from '../ports.ts';
import type { Phrase } from '../model/phrase.ts';
import type { Sighting } from './sighting.ts';

/** How long one that did not belong to the cluster is left alone, in milliseconds. */
const askAgainMs = 30_000;

/** One that was asked and refused our user. */
export interface Refusal {
  readonly name: InstanceKey;
  readonly address: string;
  readonly says: Phrase;
  /** The server's own error number; null where it gave none. */
  readonly errno: number | null;
}

export interface NeighbourWorld {
  readonly prober: Prober;
  readonly addresses: AddressBook;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Why a name does not belong to the cluster and must not be logged in to; undefined where it may. */
  readonly objection: (name: InstanceKey) => Promise<string | undefined>;
}

/** Finds replicas that no server names: their source does not know them, for it never let them in. */
export interface Neighbours {
  /** Names of those that were found beside the cluster since, to be asked with everybody else. */
  found(): readonly InstanceKey[];
  /** Those that refused our user when they were last asked; they may be replicas that do not replicate. */
  refusals(): readonly Refusal[];
  /**
   * Asks beside the cluster for whoever reads, or tries to read, from somebody in `sightings` or among themselves. The first
   * time it waits and gives their answers, so that one look shows everybody. After that it gives nothing and waits for
   * nobody: a stranger that hangs must not hold up the rounds of a cluster. What it finds then is told by `found`.
   */
  join(sightings: readonly Sighting[], signal: AbortSignal): Promise<readonly Sighting[]>;
}

/**
 * Asks the servers that the address book knows to stand beside the cluster. A replica whose log-in at its source is
 * refused is found in no other way: it is on no list of its source, which is why one wrong password hides a server.
 */
export function neighbours(world: NeighbourWorld): Neighbours {
  const strangers = new Map<string, number>();
  const refusals = new Map<string, Refusal>();
  const found = new Set<InstanceKey>();
  let begun = false;
  let asks = false;
  const ask = async (
    sightings: readonly Sighting[],
    signal: AbortSignal,
  ): Promise<readonly Sighting[]> => {
    asks = true;
    try {
      return await askBeside(sightings, { strangers, refusals }, world, signal);
    } finally {
      asks = false;
    }
  };
  const askMeanwhile = async (sightings: readonly Sighting[]): Promise<void> => {
    const joined = await ask(sightings, new AbortController().signal);
    joined.forEach((it) => found.add(it.name));
  };
  return {
    found: () => [...found],
    refusals: () => [...refusals.values()],
    join: async (sightings, signal) => {
      sightings.forEach((it) => found.delete(it.name));
      if (!begun) {
        begun = true;
        return ask(sightings, signal);
      }
      // While somebody may have died, nothing but the cluster matters.
      if (!asks && !sightings.some(isMissing)) {
        // It outlives this round; the prober bounds it, and cuts it when it closes.
        void askMeanwhile(sightings);
      }
      return [];
    },
  };
}

/** One that turns our login away lives. */
function isMissing({ probe }: Sighting): boolean {
  return probe.kind === 'silent' && probe.reason !== 'denied';
}

/** What is remembered of addresses, and kept up to date. `strangers`: until when one is left alone. */
interface Remembered {
  readonly strangers: Map<string, number>;
  readonly refusals: Map<string, Refusal>;
}

async function askBeside(
  sightings: readonly Sighting[],
  { strangers, refusals }: Remembered,
  { prober, addresses, clock, objection }: NeighbourWorld,
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const inside = new Set(sightings.map((it) => it.address));
  const now = clock.monotonic();
  const names = addresses.neighbours();
  const places = names.map(async (name) => ({ name, address: await addresses.find(name) }));
  // One that is reached by its own name is not led there by whoever told of it: it is somebody else.
  const near = (await Promise.all(places)).filter(
    (it) => it.address !== it.name && !inside.has(it.address),
  );
  const judged = near.map(async (it) => ((await objection(it.name)) === undefined ? [it] : []));
  const outside = (await Promise.all(judged)).flat();
  const beside = outside.filter((it) => now >= (strangers.get(it.address) ?? 0));
  for (const address of refusals.keys()) {
    if (!outside.some((it) => it.address === address)) refusals.delete(address);
  }
  const seen = await Promise.all(
    beside.map(async ({ name, address }): Promise<Sighting> => ({
      name,
      address,
      probe: await prober.probe(address, signal),
    })),
  );
  for (const { name, address, probe } of seen) {
    if (probe.kind === 'silent' && probe.reason === 'denied') {
      refusals.set(address, { name, address, says: probe.says, errno: probe.errno ?? null });
    } else refusals.delete(address);
  }
  await Promise.all(seen.flatMap(sourcesOf).map((it) => addresses.find(it)));
  const joined = related(seen, inside, addresses);
  for (const { address } of seen) {
    if (joined.some((it) => it.address === address)) strangers.delete(address);
    else strangers.set(address, now + askAgainMs);
  }
  return joined;
}

/** Wave by wave, so that the replica of a replica is found too. */
function related(
  seen: readonly Sighting[],
  inside: ReadonlySet<string>,
  addresses: AddressBook,
): readonly Sighting[] {
  const known = new Set(inside);
  const joined: Sighting[] = [];
  for (let found = true; found;) {
    const wave = seen.filter(
      (it) =>
        !known.has(it.address) && sourcesOf(it).some((key) => known.has(addresses.addressOf(key))),
    );
    wave.forEach((it) => known.add(it.address));
    joined.push(...wave);
    found = wave.length > 0;
  }
  return joined;
}

function sourcesOf({ probe }: Sighting): readonly InstanceKey[] {
  return probe.kind === 'answered'
    ? probe.server.channels
        .filter((it) => it.source.host !== '')
        .map((it) => keyOf(it.source.host, it.source.port))
    : [];
}
