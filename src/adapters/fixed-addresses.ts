import type { InstanceKey } from '../core/model/instance.ts';
import type { AddressBook } from '../core/ports.ts';

/** What the settings say, else the name itself; it never changes. */
export function fixedAddresses(told: Readonly<Record<InstanceKey, string>>): AddressBook {
  const addressOf = (key: InstanceKey): string => told[key] ?? key;
  return {
    addressOf,
    keysAt: (address) => keysLedTo(address, Object.entries(told)),
    find: (key) => Promise.resolve(addressOf(key)),
    peerNameOf: () => undefined,
    containerOf: () => undefined,
    notes: () => [],
    neighbours: () => [],
    isBesideSeed: () => false,
    onChange: () => () => undefined,
  };
}

/** Those whose way ends at an address that is not their own name. */
export function keysLedTo(
  address: string,
  ways: readonly (readonly [key: InstanceKey, way: string])[],
): readonly InstanceKey[] {
  return ways.flatMap(([key, way]) => (way === address && key !== way ? [key] : []));
}
