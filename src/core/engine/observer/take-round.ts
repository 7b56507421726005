import { foldAliases } from '../../discover/aliases.ts';
import { assembleTopology } from '../../discover/assemble-topology.ts';
import { withGroups } from '../../discover/with-groups.ts';
import { withoutReaders } from '../../discover/binlog-readers.ts';
import { crawl, type Crawl } from '../../discover/crawl.ts';
import { neighbours, type Refusal } from '../../discover/neighbours.ts';
import { withOutsiders } from '../../discover/outsiders.ts';
import { strangers } from '../../discover/strangers.ts';
import { membersAsked, type MembershipParts } from './members-asked.ts';
import type { ClusterMemory } from './memory.ts';
import { answered, type InstanceKey } from '../../model/instance.ts';
import {
  memberOf,
  replicasOf,
  type BinlogReader,
  type Outsider,
  type RefusingNeighbour,
  type Topology,
} from '../../model/topology.ts';
import type { AddressBook, Clock, Prober } from '../../ports.ts';

/**
 * A process does not take time-outs for silence until so many rounds after its start were answered by somebody: one that
 * nobody answered may tell of this machine alone. After `patientRounds` it does all the same.
 */
const earlyRounds = 3;
const patientRounds = 15;

export interface RoundParts extends MembershipParts {
  readonly cluster: string;
  readonly prober: Prober;
  readonly clock: Clock;
}

/** `previous`: the picture of the round before. */
export type TakeRound = (previous: Topology | undefined, signal: AbortSignal) => Promise<Topology>;

/** Rounds of one cluster: each asks every member that is known, and those whom they name, and makes one picture of it. */
export function roundsOf(parts: RoundParts, memory: ClusterMemory): TakeRound {
  const { cluster, clock } = parts;
  const { seeds } = parts.members;
  let asked = membersAsked(parts, memory);
  const beside = neighbours({ ...parts, objection: (name) => asked.objection(name) });
  const rounds = { ended: 0, answered: 0 };
  return async (previous, signal) => {
    asked = membersAsked(parts, memory);
    const { objection, toReview, changed } = asked;
    const members = previous?.members.map((it) => it.key) ?? [];
    const names = [...seeds, ...members, ...memory.knownKeys(), ...beside.found()];
    const walked = await crawl(names, { ...parts, objection }, signal);
    const { readers, sightings: named, outsiders } = sorted(walked, previous, parts, memory);
    const all = [...named, ...(await beside.join(named, signal))];
    // Whoever was not asked to the end looks silent: a round that was broken off is no picture.
    signal.throwIfAborted();
    const leftBehind = strangers(all, seeds, memory.knownKeys());
    memory.forget(leftBehind);
    const others = changed(all);
    const sightings = all.filter(
      (it) => !leftBehind.includes(it.name) && !others.includes(it.name),
    );
    const isEarly = rounds.answered < earlyRounds && rounds.ended < patientRounds;
    rounds.ended += 1;
    if (sightings.some((it) => it.probe.kind === 'answered')) rounds.answered += 1;
    const assembled = assembleTopology(cluster, clock.now(), sightings, {
      previous,
      lastPromotion: memory.lastPromotion(),
      lastMaster: memory.lastMaster(),
      lastSources: memory.lastSources(),
      lastKeys: memory.lastKeys(),
      heard: new Set(memory.lastKeys().keys()),
      early: isEarly,
      seeds,
    });
    const topology = withGroups(assembled, memory.inGroups());
    memory.forget(beyondBounds(topology, memory.knownKeys()));
    const outside = [...outsiders, ...others.map(asChanged)].filter(
      (it) => !leftBehind.includes(it.key),
    );
    const seen = withReview(withOutsiders(topology, outside), toReview());
    const refusing = refusingBeside(seen, beside.refusals(), parts.addresses);
    return {
      ...seen,
      ...(refusing.length === 0 ? {} : { refusing }),
      ...(readers.length === 0 ? {} : { readers: readers.map((it) => atKey(it, seen)) }),
    };
  };
}

/** Programs that read a binary log apart, and every server under its names. */
function sorted(
  walked: Crawl,
  previous: Topology | undefined,
  { members: { seeds, told } }: RoundParts,
  memory: ClusterMemory,
): Crawl & { readonly readers: readonly BinlogReader[] } {
  const lastKeys = memory.lastKeys();
  const isKnown = (name: InstanceKey): boolean =>
    lastKeys.has(name) || told.includes(name) || seeds.includes(name);
  const { crawl: met, readers } = withoutReaders(walked, { previous, isKnown });
  const knownAddresses = memory.knownAddresses();
  return { ...foldAliases(met, { previous, knownAddresses, lastKeys }), readers };
}

/** Another cluster that an earlier version took for a part of this one is not asked any more. */
function beyondBounds(
  { outsiders = [] }: Topology,
  known: readonly InstanceKey[],
): readonly InstanceKey[] {
  const beyond = outsiders.map((it) => it.key);
  return known.filter((it) => beyond.includes(it));
}

function atKey(reader: BinlogReader, topology: Topology): BinlogReader {
  return { ...reader, source: memberOf(topology, reader.source)?.key ?? reader.source };
}

function asChanged(key: InstanceKey): Outsider {
  return { key, namedBy: [], why: 'changed' };
}

function withReview(topology: Topology, names: readonly InstanceKey[]): Topology {
  const kept = names.flatMap((it) => memberOf(topology, it)?.key ?? []);
  return kept.length === 0 ? topology : { ...topology, toReview: [...new Set(kept)].toSorted() };
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
    .map(({ name, says, errno }) => ({
      instance: name,
      network: networks(name).find((it) => own.has(it)) ?? null,
      says,
      errno,
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
