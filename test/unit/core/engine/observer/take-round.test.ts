import { expect, test } from 'vitest';
import { fixedAddresses } from '../../../../../src/adapters/fixed-addresses.ts';
import { clusterMemory } from '../../../../../src/core/engine/observer/memory.ts';
import { plain } from '../../../../../src/core/model/phrase.ts';
import type { Probe } from '../../../../../src/core/model/instance.ts';
import type { Topology } from '../../../../../src/core/model/topology.ts';
import { roundsOf } from '../../../../../src/core/engine/observer/take-round.ts';
import { mariadbServer } from '../../../../support/builders/servers.ts';

const seed = 'db001:3306';
const healthy: Probe = { kind: 'answered', at: 0, server: mariadbServer(seed) };
const slow = { kind: 'silent', at: 0, reason: 'timed-out', says: plain('too slow') } as const;
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

test.each([
  ['three that are answered', 5, () => healthy, 3],
  ['fifteen that nobody answers: this machine may be too busy', 17, () => slow, 15],
  [
    'a server that hangs from then on is silent at once',
    5,
    (nth: number) => (nth <= 3 ? healthy : slow),
    3,
  ],
])('the first rounds of a process are %s', async (_, count, probe, early) => {
  const asked = { times: 0 };
  const round = roundWith(() => {
    asked.times += 1;
    return probe(asked.times);
  });
  let previous: Topology | undefined;
  const told: (true | undefined)[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    previous = await round(previous, new AbortController().signal);
    told.push(previous.early);
  }
  expect(told.filter((it) => it === true)).toHaveLength(early);
  expect(told.slice(early)).toEqual(Array.from({ length: count - early }, () => undefined));
});
