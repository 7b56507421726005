import { reportedName, type InstanceKey, type Probe } from '../model/instance.ts';
import type { Outsider } from '../model/topology.ts';
import type { AddressBook, Prober } from '../ports.ts';
import { namedBy } from './next-targets.ts';
import type { Sighting } from './sighting.ts';

/** Nobody runs a cluster of more; a crawl that finds more has left its cluster. */
const mostInstances = 1000;
/** So many names that a server told are asked at a time; those that are known are asked at once. */
const newAtOnce = 64;

export interface CrawlWorld {
  readonly prober: Prober;
  readonly addresses: AddressBook;
  /** Why a name does not belong to the cluster; undefined where it does, and may be logged in to. */
  readonly objection: (name: InstanceKey) => Promise<Outsider['why'] | undefined>;
}

export interface Crawl {
  readonly sightings: readonly Sighting[];
  /** Who does not belong to the cluster and was not asked; `namedBy` holds the names of sightings. */
  readonly outsiders: readonly Outsider[];
}

/**
 * Asks `names` and then the members that they name, wave by wave, each address once. Only members are asked: a name may be
 * a stranger's. Ends when nobody names anyone new; a silent server never stops the crawl.
 */
export async function crawl(
  names: readonly InstanceKey[],
  world: CrawlWorld,
  signal: AbortSignal,
): Promise<Crawl> {
  const sightings: Sighting[] = [];
  const met = new Set<InstanceKey>();
  const outside = new Map<InstanceKey, { why: Outsider['why']; by: Set<InstanceKey> }>();
  let wave = [...new Set(names)].slice(0, mostInstances);
  let atOnce = mostInstances;
  while (wave.length > 0 && met.size < mostInstances) {
    signal.throwIfAborted();
    wave.forEach((it) => met.add(it));
    const judged = await Promise.all(
      wave.map(async (name) => ({ name, why: await world.objection(name) })),
    );
    for (const { name, why } of judged) {
      if (why !== undefined) outside.set(name, { why, by: new Set() });
    }
    const inside = judged.filter((it) => it.why === undefined);
    const seen = await inTurn(inside, atOnce, (it) => look(it.name, world, signal));
    atOnce = newAtOnce;
    sightings.push(...seen);
    const within = (it: Sighting): readonly InstanceKey[] => namesOf(it, met);
    wave = [...new Set(seen.flatMap(within))]
      .filter((it) => !met.has(it))
      .slice(0, mostInstances - met.size);
  }
  for (const sighting of sightings) {
    namesOf(sighting, met).forEach((it) => outside.get(it)?.by.add(sighting.name));
  }
  return {
    sightings,
    outsiders: [...outside].map(([key, { why, by }]) => ({ key, namedBy: [...by], why })),
  };
}

/** In order; whoever is done lets the next one begin, so that a silent server holds up nobody but itself. */
async function inTurn<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  ask: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers = new Map<number, Answer>();
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [place, item] of left) answers.set(place, await ask(item));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return [...answers].toSorted(([one], [other]) => one - other).map(([, answer]) => answer);
}

function namesOf({ probe }: Sighting, met: ReadonlySet<InstanceKey>): readonly InstanceKey[] {
  return probe.kind === 'answered' ? namedBy(probe.server, met) : [];
}

async function look(
  name: InstanceKey,
  { prober, addresses }: CrawlWorld,
  signal: AbortSignal,
): Promise<Sighting> {
  const address = await addresses.find(name);
  const probe = await prober.probe(address, signal);
  const peerName =
    probe.kind === 'answered' ? addresses.peerNameOf(name, probe.server.hostname) : undefined;
  return { name, address, peerName, reportedName: reportedAt(address, probe, addresses), probe };
}

/** What it reports is a word about itself: it counts only where that name leads to where it answered. */
function reportedAt(
  address: string,
  probe: Probe,
  addresses: AddressBook,
): InstanceKey | undefined {
  const name = probe.kind === 'answered' ? reportedName(probe.server) : null;
  return name !== null && addresses.addressOf(name) === address ? name : undefined;
}
