import { memberOf, type Outsider, type Topology } from '../model/topology.ts';

/** The same picture with those whom its members name and who do not belong to it. */
export function withOutsiders(topology: Topology, found: readonly Outsider[]): Topology {
  const outsiders = [...(topology.outsiders ?? []), ...found]
    .filter((it, place, all) => all.findIndex((one) => one.key === it.key) === place)
    .filter((it) => memberOf(topology, it.key) === undefined)
    // Who is ignored and whom nobody names any more is gone.
    .filter((it) => it.why !== 'ignored' || it.namedBy.length > 0)
    .map((it) => ({
      ...it,
      namedBy: [
        ...new Set(it.namedBy.map((name) => memberOf(topology, name)?.key ?? name)),
      ].toSorted(),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return outsiders.length === 0 ? topology : { ...topology, outsiders };
}
