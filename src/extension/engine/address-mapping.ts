import type { InstanceKey } from '../../core/model/instance.ts';
import type { Topology } from '../../core/model/topology.ts';

/** Addresses by the name that the servers use. */
export type Mapped = Readonly<Record<InstanceKey, string>>;

/** Members whose host names do not resolve here. */
export function unresolvedNames(topology: Topology | undefined): readonly InstanceKey[] {
  return (topology?.members ?? [])
    .filter(({ probe }) => probe.kind === 'silent' && probe.reason === 'unknown-host')
    .map((it) => it.key);
}

/** The other instance that is reached at an address: two names for one server would look like one server. */
export function addressObjection(
  instance: InstanceKey,
  address: string,
  topology: Topology | undefined,
  mapped: Mapped,
): InstanceKey | undefined {
  const given = Object.entries(mapped).find(([key, it]) => key !== instance && it === address);
  return (
    given?.[0] ??
    topology?.members.find(
      (it) =>
        it.key !== instance &&
        it.probe.kind === 'answered' &&
        (it.address === address || it.key === address),
    )?.key
  );
}
