import { keyOf, type InstanceKey } from '../model/instance.ts';
import type { Sighting } from './sighting.ts';

/**
 * Remembered instances that belong to an earlier cluster of the same name: a seed answers, none of the remembered is a
 * seed, answers, or is spoken of by whoever answers. A dead master whose replicas were moved away is no stranger, for
 * those replicas are remembered with it.
 */
export function strangers(
  sightings: readonly Sighting[],
  seeds: readonly InstanceKey[],
  remembered: readonly InstanceKey[],
): readonly InstanceKey[] {
  const answering = sightings.flatMap((it) => (it.probe.kind === 'answered' ? [it] : []));
  const spoken = answering.flatMap(({ probe }) =>
    probe.kind === 'answered'
      ? probe.server.channels.map((it) => keyOf(it.source.host, it.source.port))
      : [],
  );
  const known = new Set([...seeds, ...answering.map((it) => it.name), ...spoken]);
  const seedAnswers = answering.some((it) => seeds.includes(it.name));
  return seedAnswers && !remembered.some((it) => known.has(it)) ? remembered : [];
}
