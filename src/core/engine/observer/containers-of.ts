import type { ClusterState, WatchState } from '../../backend.ts';
import type { Topology } from '../../model/topology.ts';
import type { EngineParts } from '../engine-parts.ts';
import { shownDetections } from './memory.ts';
import type { AddressBook } from '../../ports.ts';

/** Where the instances run, as far as the address book knows. */
export function containersOf(
  topology: Topology,
  addresses: AddressBook,
): Pick<ClusterState, 'containers' | 'notes'> {
  const containers = topology.members.flatMap((member) => {
    const names = [member.key, ...member.aliases];
    const { probe } = member;
    const hostname = probe.kind === 'answered' ? probe.server.hostname : undefined;
    const container = names
      .map((it) => addresses.containerOf(it, hostname))
      .find((it) => it !== undefined);
    return container === undefined ? [] : [[member.key, container] as const];
  });
  return { containers: new Map(containers), notes: addresses.notes() };
}

/** The proxies of a cluster, and what was found and decided, newest first. */
export function shownBeside({
  cluster,
  proxies,
  store,
}: Pick<EngineParts, 'cluster' | 'proxies' | 'store'>): Pick<WatchState, 'proxies' | 'detections'> {
  return {
    proxies: proxies.map((it) => it.show()),
    detections: store?.detections(cluster, shownDetections) ?? [],
  };
}
