import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import type { Outsider } from '../../../../src/core/model/topology.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const stranger: Outsider = { key: 'db9:3306', namedBy: ['db1:3306'], why: 'unconfirmed' };
const waits = 'db1 rw semi=source';

// More replicas acknowledge than are read: one of them may alone hold what the master told its clients was safe.
test.each<[string, string, readonly Outsider[], string | undefined]>([
  [
    'one more than is read',
    `${waits} clients=2\n+ db2 semi=replica`,
    [stranger],
    'warning: db1:3306 counts 2 semi-sync replicas, and 1 of them are members that Switchover reads.',
  ],
  [
    'one is read that does not acknowledge',
    `${waits} clients=1\n+ db2 semi=none`,
    [stranger],
    'warning: db1:3306 counts 1 semi-sync replicas, and 0 of them are members that Switchover reads.',
  ],
  ['all are read', `${waits} clients=1\n+ db2 semi=replica`, [stranger], undefined],
  ['nobody else is named', `${waits} clients=2\n+ db2 semi=replica`, [], undefined],
  [
    'the master no longer waits',
    `${waits} clients=2 fallen\n+ db2 semi=replica`,
    [stranger],
    undefined,
  ],
  ['no semi-sync at all', 'db1 rw\n+ db2', [stranger], undefined],
  [
    'a replica that was never heard may be the one that acknowledges',
    `${waits} clients=2\n+ db2 semi=replica\n+ db3 unheard`,
    [stranger],
    undefined,
  ],
])('%s', (_, drawing, outsiders, says) => {
  const drawn = draw(drawing);
  const topology = outsiders.length === 0 ? drawn : { ...drawn, outsiders };
  const found = analyse(topology, policy).find((it) => it.code === 'UnreadSemiSyncReplicas');
  expect(found === undefined ? undefined : `${found.severity}: ${found.says}`).toBe(says);
});
