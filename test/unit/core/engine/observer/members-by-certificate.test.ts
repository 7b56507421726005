import { expect, test } from 'vitest';
import { fixedAddresses } from '../../../../../src/adapters/fixed-addresses.ts';
import { membersAsked } from '../../../../../src/core/engine/observer/members-asked.ts';
import {
  clusterMemory,
  type ClusterMemory,
} from '../../../../../src/core/engine/observer/memory.ts';
import type { StandingKind } from '../../../../../src/core/model/standing.ts';

const name = 'db002:3306';

function asked(memory: ClusterMemory, shows: boolean, patterns?: readonly []) {
  const names: string[] = [];
  const { objection } = membersAsked(
    {
      members: { seeds: ['db001:3306'], told: [], patterns, lab: false },
      certificates: {
        confirm: async (it) => {
          names.push(it);
          return shows;
        },
      },
      addresses: fixedAddresses({}),
      clock: { now: () => 1 },
      actor: 'me@here (1)',
    },
    memory,
  );
  return { objection, names };
}

function memoryWith(kind?: StandingKind): ClusterMemory {
  const memory = clusterMemory('orders', undefined);
  if (kind !== undefined) memory.noteStanding({ name, kind, identity: null, at: 0, by: 'me' });
  return memory;
}

test('who shows a certificate is a member from then on, also while it is down', async () => {
  const memory = memoryWith();
  expect(await asked(memory, false).objection(name)).toBe('unconfirmed');
  expect(await asked(memory, true).objection(name)).toBeUndefined();
  const later = asked(memory, false);
  expect(await later.objection(name)).toBeUndefined();
  expect(later.names).toEqual([]);
});

test.each<[string, ClusterMemory, readonly [] | undefined, string]>([
  ['a person who ignores it', memoryWith('ignored'), undefined, 'ignored'],
  ['another server than the confirmed one', memoryWith('changed'), undefined, 'changed'],
  ['a list of members without it', memoryWith(), [], 'unconfirmed'],
])('%s stands above a certificate', async (_, memory, patterns, why) => {
  const { objection, names } = asked(memory, true, patterns);
  expect(await objection(name)).toBe(why);
  expect(names).toEqual([]);
});
