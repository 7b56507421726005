import { expect, test } from 'vitest';
import { assembleTopology, type Memory } from '../../../../src/core/discover/assemble-topology.ts';
import type { InstanceKey } from '../../../../src/core/model/instance.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { targetsNow } from '../../../../src/core/engine/proxies/traffic.ts';
import { channelFrom, mariadbServer } from '../../../support/builders/servers.ts';

/** `under`: whom each reads from; writable where it reads from nobody, unless `closed`. */
function pictureOf(
  under: Readonly<Record<InstanceKey, InstanceKey | null>>,
  lastMaster: InstanceKey | null,
  closed: readonly InstanceKey[] = [],
) {
  const sightings = Object.entries(under).map(([name, source], place) => ({
    name,
    address: name,
    probe: {
      kind: 'answered',
      at: 1,
      server: mariadbServer(name, {
        serverId: place + 1,
        readOnly: source !== null || closed.includes(name),
        channels: source === null ? [] : [channelFrom(source)],
      }),
    } as const,
  }));
  const memory: Memory = {
    previous: undefined,
    lastPromotion: null,
    lastMaster,
    lastSources: new Map(),
    lastKeys: new Map(),
    heard: new Set(),
    early: false,
    seeds: [],
  };
  return assembleTopology('orders', 1, sightings, memory);
}

const two = {
  'm1:3306': null,
  'r1:3306': 'm1:3306',
  'm2:3306': null,
  's1:3306': 'm2:3306',
  's2:3306': 'm2:3306',
  's3:3306': 'm2:3306',
};

test('a living last master that takes writes stays it, however many follow another one', () => {
  expect(pictureOf(two, 'm1:3306').master).toBe('m1:3306');
  expect(pictureOf(two, 'm2:3306').master).toBe('m2:3306');
});

test('it does not where it was made read-only, or where all its replicas were moved below another', () => {
  expect(pictureOf(two, 'm1:3306', ['m1:3306']).master).toBe('m2:3306');
  expect(pictureOf({ ...two, 'r1:3306': 'm2:3306' }, 'm1:3306').master).toBe('m2:3306');
});

/** Where a proxy that leads to `target` is led. */
function led(target: string | null, picture: Topology): string | undefined {
  return targetsNow(picture, target)?.master.address;
}

test('a proxy does not move while two take writes, and goes to the master where it leads nowhere yet', () => {
  expect(led('m2:3306', pictureOf(two, 'm1:3306'))).toBeUndefined();
  expect(led(null, pictureOf(two, 'm1:3306'))).toBe('m1:3306');
  expect(led('m2:3306', pictureOf(two, 'm1:3306', ['m2:3306']))).toBe('m1:3306');
});
