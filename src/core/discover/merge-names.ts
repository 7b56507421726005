import { reportedName, type Instance, type InstanceKey, type Server } from '../model/instance.ts';
import type { Member, Topology } from '../model/topology.ts';
import { groupNames, type Group, type KnownNames } from './group-names.ts';
import { identityOf } from './same-server.ts';
import type { Sighting } from './sighting.ts';
import { nameOf } from './spellings.ts';

/** One instance for every server, whatever names it was asked under. */
export function mergeNames(sightings: readonly Sighting[], known: KnownNames): readonly Instance[] {
  const groups = groupNames(sightings, known);
  const spoken = namesInUse(sightings);
  const owners = new Map(groups.flatMap((group) => group.map((it) => [it.name, group] as const)));
  const taken = new Set<InstanceKey>();
  return groups.map((group) => {
    const instance = instanceOf(group, {
      ...known,
      spoken,
      isElsewhere: (name) => taken.has(name) || (owners.get(name) ?? group) !== group,
    });
    taken.add(instance.key);
    return instance;
  });
}

/** The names by which servers speak of each other. */
function namesInUse(sightings: readonly Sighting[]): ReadonlySet<InstanceKey> {
  const servers = sightings.flatMap((it) =>
    it.probe.kind === 'answered' ? [it.probe.server] : [],
  );
  return new Set(servers.flatMap((server) => server.channels.map(nameOf)));
}

interface Naming extends KnownNames {
  readonly spoken: ReadonlySet<InstanceKey>;
  /** Whether another instance answers to a name now, or has it already. */
  readonly isElsewhere: (name: InstanceKey) => boolean;
}

function instanceOf(group: Group, naming: Naming): Instance {
  const names = [...new Set(group.map((it) => it.name))].toSorted();
  const best = bestOf(group);
  const before = memberBefore(names, answerOf(best)?.server, naming.previous);
  const lastAnswer = answerOf(best) ?? before?.lastAnswer ?? null;
  const [keptKey, ...kept] = keptNames(before, naming);
  const key = keptKey ?? nameFor(names, group, naming);
  const all = new Set([...names, ...kept]);
  const aliases = [...all].filter((it) => it !== key).toSorted();
  const since = notReceivingSince(answerOf(best), before);
  return {
    key,
    address: best.address,
    aliases,
    probe: best.probe,
    lastAnswer,
    ...(since === undefined ? {} : { notReceivingSince: since }),
  };
}

/** A silent one says nothing new. A receiver that connects again and again runs. */
function notReceivingSince(
  answer: Instance['lastAnswer'],
  before: Member | undefined,
): number | undefined {
  if (answer === null) return before?.notReceivingSince;
  return answer.server.channels.some((it) => it.receiver !== 'no')
    ? undefined
    : (before?.notReceivingSince ?? answer.at);
}

/** Its key and aliases in the picture before; none where its key belongs to another now. */
function keptNames(before: Member | undefined, { isElsewhere }: Naming): readonly InstanceKey[] {
  return before === undefined || isElsewhere(before.key)
    ? []
    : [before.key, ...before.aliases.filter((it) => !isElsewhere(it))];
}

/**
 * Which member of the picture before this is. A name alone does not tell: the address of a stopped container may be given
 * to another one.
 */
function memberBefore(
  names: readonly InstanceKey[],
  server: Server | undefined,
  previous: Topology | undefined,
): Member | undefined {
  const named = (previous?.members ?? []).filter((it) =>
    names.some((name) => it.key === name || it.aliases.includes(name)),
  );
  const same = (it: Member): boolean =>
    server !== undefined &&
    it.lastAnswer !== null &&
    identityOf(it.lastAnswer.server) === identityOf(server);
  return (
    named.find((it) => names.includes(it.key) && same(it)) ??
    named.find(same) ??
    named.find((it) => names.includes(it.key)) ??
    named.find((it) => server === undefined || it.lastAnswer === null)
  );
}

/** An answer under one name outweighs silence under another. */
function bestOf(group: Group): Sighting {
  const best = group.find((it) => it.probe.kind === 'answered') ?? group[0];
  if (best === undefined) {
    throw new Error('A group of sightings is never empty.');
  }
  return best;
}

function answerOf({ probe }: Sighting): Instance['lastAnswer'] {
  return probe.kind === 'answered' ? { at: probe.at, server: probe.server } : null;
}

/**
 * The name of an instance: as it was known before, else as its replicas call it, else as it reports itself, else as its
 * peers would find it, else as it was asked for. An address says less than the name of its container, which stays when
 * it starts again. None that another has counts.
 */
function nameFor(
  names: readonly InstanceKey[],
  group: Group,
  { spoken, lastKeys, isElsewhere }: Naming,
): InstanceKey {
  const peerName = group.find((it) => it.peerName !== undefined)?.peerName;
  const reported = reportedIn(group);
  const called = names.find((it) => spoken.has(it) && (peerName === undefined || !isAddress(it)));
  const known = names.map((it) => lastKeys.get(it)).find((it) => it !== undefined);
  const name = [known, called, reported, peerName, ...names]
    .filter((it) => it !== undefined)
    .find((it) => !isElsewhere(it));
  if (name === undefined) {
    throw new Error('An instance is never without a name.');
  }
  return name;
}

/** The name that it reports, where that leads to it: by the address book, or because it was asked under it. */
function reportedIn(group: Group): InstanceKey | undefined {
  const led = group.find((it) => it.reportedName !== undefined)?.reportedName;
  const asked = group.find(
    ({ name, probe }) => probe.kind === 'answered' && reportedName(probe.server) === name,
  );
  return led ?? asked?.name;
}

/** `172.18.0.2:3306` or `[fd00::2]:3306`. */
function isAddress(key: InstanceKey): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|\[.*\]):\d+$/.test(key);
}
