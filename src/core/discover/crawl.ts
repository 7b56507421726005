import type { InstanceKey } from '../model/instance.ts';
import type { AddressBook, Prober } from '../ports.ts';
import { namedBy } from './next-targets.ts';
import type { Sighting } from './sighting.ts';

/** Nobody runs a cluster of more; a crawl that finds more has left its cluster. */
const mostInstances = 1000;

/**
 * Asks `names` and then whoever they name, wave by wave, each address once.
 * Ends when nobody names anyone new; a silent server never stops the crawl.
 */
export async function crawl(
  names: readonly InstanceKey[],
  world: { readonly prober: Prober; readonly addresses: AddressBook },
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const sightings: Sighting[] = [];
  const asked = new Set<InstanceKey>();
  let wave = [...new Set(names)];
  while (wave.length > 0 && asked.size < mostInstances) {
    signal.throwIfAborted();
    wave.forEach((it) => asked.add(it));
    const seen = await Promise.all(wave.map((name) => look(name, world, signal)));
    sightings.push(...seen);
    const named = seen.flatMap((it) =>
      it.probe.kind === 'answered' ? namedBy(it.probe.server) : [],
    );
    wave = [...new Set(named)].filter((it) => !asked.has(it));
  }
  return sightings;
}

async function look(
  name: InstanceKey,
  { prober, addresses }: { readonly prober: Prober; readonly addresses: AddressBook },
  signal: AbortSignal,
): Promise<Sighting> {
  const address = await addresses.find(name);
  const probe = await prober.probe(address, signal);
  const peerName =
    probe.kind === 'answered' ? addresses.peerNameOf(name, probe.server.hostname) : undefined;
  return { name, address, peerName, probe };
}
