import { describe, expect, test } from 'vitest';
import { fixedAddresses } from '../../../../src/adapters/fixed-addresses.ts';
import { neighbours } from '../../../../src/core/discover/neighbours.ts';
import type { Sighting } from '../../../../src/core/discover/sighting.ts';
import { plain } from '../../../../src/core/model/phrase.ts';
import type { Probe } from '../../../../src/core/model/instance.ts';
import { channelFrom, mariadbServer } from '../../../support/builders/servers.ts';

const master: Sighting = {
  name: 'db001:3306',
  address: '127.0.0.1:13301',
  probe: { kind: 'answered', at: 0, server: mariadbServer('db001:3306') },
};
const never = new AbortController().signal;

function addressOf(key: string): string {
  return key === master.name ? master.address : `at ${key}`;
}

/** Servers beside the master, by name; each is reached at the same name with `at ` before it. */
function beside(probes: Readonly<Record<string, Probe>>) {
  const world = { now: 0, asked: [] as string[], answers: Promise.resolve() };
  const join = neighbours({
    prober: {
      probe: async (address) => {
        world.asked.push(address);
        await world.answers;
        const probe = probes[address.slice(3)];
        if (probe === undefined) throw new Error(`Nobody is at ${address}.`);
        return probe;
      },
      onLost: () => undefined,
      close: () => undefined,
    },
    addresses: {
      ...fixedAddresses({}),
      find: async (key) => addressOf(key),
      addressOf,
      neighbours: () => [master.name, ...Object.keys(probes)],
    },
    clock: { monotonic: () => world.now },
    objection: async () => undefined,
  });
  return {
    world,
    found: () => join.found(),
    refusals: () => join.refusals().map((it) => it.name),
    joinTo: async (...sightings: Sighting[]) =>
      (await join.join(sightings, never)).map((it) => it.name),
    names: async () => (await join.join([master], never)).map((it) => it.name),
  };
}

function readsFrom(host: string): Probe {
  const server = mariadbServer('replica:3306', { channels: [channelFrom(`${host}:3306`)] });
  return { kind: 'answered', at: 0, server };
}

const alone: Probe = { kind: 'answered', at: 0, server: mariadbServer('alone:3306') };
const denied = { kind: 'silent', at: 0, reason: 'denied', says: plain('1045') } as const;

describe('servers beside the cluster', () => {
  test('join when they read from it, also through one another', async () => {
    const { names } = beside({
      'db004:3306': readsFrom('db003'),
      'db003:3306': readsFrom('db001'),
    });
    expect((await names()).toSorted()).toEqual(['db003:3306', 'db004:3306']);
  });

  test('stay outside when they read from nobody here, or do not let us in', async () => {
    const { names } = beside({
      'shop:3306': alone,
      'other:3306': readsFrom('elsewhere'),
      'closed:3306': denied,
    });
    expect(await names()).toEqual([]);
  });

  test('are told apart when they refuse our user, until they let it in or are gone', async () => {
    const probes: Record<string, Probe> = { 'db003:3306': denied, 'shop:3306': alone };
    const { names, refusals, world } = beside(probes);
    await names();
    expect(refusals()).toEqual(['db003:3306']);
    world.now = 30_000;
    probes['db003:3306'] = readsFrom('db001');
    await names();
    await aMoment();
    expect(refusals()).toEqual([]);
  });

  test('are left alone for a while when they do not belong here, and those of the cluster are not asked twice', async () => {
    const { names, world } = beside({ 'shop:3306': alone });
    await names();
    await names();
    await aMoment();
    expect(world.asked).toEqual(['at shop:3306']);
    world.now = 30_000;
    await names();
    await aMoment();
    expect(world.asked).toHaveLength(2);
  });

  test('hold up no round after the first, and are told when they answered', async () => {
    const probes: Record<string, Probe> = { 'shop:3306': alone };
    const { names, found, joinTo, world } = beside(probes);
    expect(await names()).toEqual([]);
    probes['db003:3306'] = readsFrom('db001');
    const waiting: (() => void)[] = [];
    world.answers = new Promise((done) => {
      waiting.push(done);
    });
    expect(await names()).toEqual([]);
    expect(await names()).toEqual([]);
    await aMoment();
    expect(world.asked).toEqual(['at shop:3306', 'at db003:3306']);
    expect(found()).toEqual([]);
    waiting[0]?.();
    await aMoment();
    expect(found()).toEqual(['db003:3306']);
    const joined = { name: 'db003:3306', address: 'at db003:3306', probe: readsFrom('db001') };
    await joinTo(master, joined);
    expect(found()).toEqual([]);
  });

  test('are not asked while one of the cluster is silent, unless it only turns us away', async () => {
    const { names, joinTo, world } = beside({ 'shop:3306': alone });
    await names();
    world.now = 30_000;
    const member = { name: 'db002:3306', address: 'at db002:3306' };
    await joinTo(master, { ...member, probe: { ...denied, reason: 'timed-out' } });
    await aMoment();
    expect(world.asked).toHaveLength(1);
    await joinTo(master, { ...member, probe: denied });
    await aMoment();
    expect(world.asked).toHaveLength(2);
  });
});

/** Until what goes on in the background has gone as far as it can. */
function aMoment(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done);
  });
}
