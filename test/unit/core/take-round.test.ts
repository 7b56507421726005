import { expect, test } from 'vitest';
import { fixedAddresses } from '../../../src/adapters/fixed-addresses.ts';
import { clusterMemory } from '../../../src/core/memory.ts';
import { plain } from '../../../src/core/model/phrase.ts';
import type { Probe } from '../../../src/core/model/instance.ts';
import { roundsOf } from '../../../src/core/take-round.ts';
import { mariadbServer } from '../../support/servers.ts';

const seed = 'db001:3306';
const healthy: Probe = { kind: 'answered', at: 0, server: mariadbServer(seed) };
const cutOff = { kind: 'silent', at: 0, reason: 'unreachable', says: plain('cancelled') } as const;

/** A round whose one server is asked while `during` happens. */
function roundWith(probe: () => Probe) {
  const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() };
  return roundsOf(
    {
      cluster: 'orders',
      members: { seeds: [seed], told: [], patterns: undefined, lab: false },
      actor: 'me@here (1)',
      prober: { probe: async () => probe(), onLost: () => undefined, close: () => undefined },
      addresses: fixedAddresses({}),
      clock,
    },
    clusterMemory('orders', undefined),
  );
}

test('a round that is broken off makes no picture, in which everybody would be silent', async () => {
  const leaving = new AbortController();
  const round = roundWith(() => {
    leaving.abort();
    return cutOff;
  });
  await expect(round(undefined, leaving.signal)).rejects.toThrow('aborted');
});

test('one that comes to its end does', async () => {
  const topology = await roundWith(() => healthy)(undefined, new AbortController().signal);
  expect(topology.members.map((it) => [it.key, it.probe.kind])).toEqual([[seed, 'answered']]);
});
