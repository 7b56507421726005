import { keyOf, type InstanceKey } from '../model/instance.ts';
import type { AddressBook, Clock, Prober } from '../ports.ts';
import type { Sighting } from './sighting.ts';

/** How long one that did not belong to the cluster is left alone, in milliseconds. */
const askAgainMs = 30_000;

export interface NeighbourWorld {
  readonly prober: Prober;
  readonly addresses: AddressBook;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Finds replicas that no server names: their source does not know them, for it never let them in. */
export interface Neighbours {
  /** Those beside the cluster that read, or try to read, from somebody in `sightings` or among themselves. */
  join(sightings: readonly Sighting[], signal: AbortSignal): Promise<readonly Sighting[]>;
}

/**
 * Asks the servers that the address book knows to stand beside the cluster. A replica whose log-in at its source is
 * refused is found in no other way: it is on no list of its source, which is why one wrong password hides a server.
 */
export function neighbours({ prober, addresses, clock }: NeighbourWorld): Neighbours {
  const strangers = new Map<string, number>();
  return {
    join: async (sightings, signal) => {
      const inside = new Set(sightings.map((it) => it.address));
      const now = clock.monotonic();
      const places = addresses
        .neighbours()
        .map(async (name) => ({ name, address: await addresses.find(name) }));
      // One that is reached by its own name is not led there by whoever told of it: it is somebody else.
      const beside = (await Promise.all(places)).filter(
        (it) =>
          it.address !== it.name &&
          !inside.has(it.address) &&
          now >= (strangers.get(it.address) ?? 0),
      );
      const seen = await Promise.all(
        beside.map(async ({ name, address }): Promise<Sighting> => ({
          name,
          address,
          probe: await prober.probe(address, signal),
        })),
      );
      await Promise.all(seen.flatMap(sourcesOf).map((it) => addresses.find(it)));
      const joined = related(seen, inside, addresses);
      for (const { address } of seen) {
        if (joined.some((it) => it.address === address)) strangers.delete(address);
        else strangers.set(address, now + askAgainMs);
      }
      return joined;
    },
  };
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
