import { expect, test } from 'vitest';
import { lookAgain } from '../../../../../src/core/engine/runner/look-again.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import type { Topology } from '../../../../../src/core/model/topology.ts';
import { draw } from '../../../../support/builders/drawing.ts';

/** What the last look before `db3` opens says, once it has read from `db2`. */
async function objectionIn(topology: Topology): Promise<string | null> {
  const objection = await lookAgain(
    {
      look: async () => ({ topology }),
      highWater: () => new Map(),
      own: async () => ({ kind: 'none' }),
    },
    {
      that: 'candidate-complete',
      master: 'db1:3306',
      candidate: 'db3:3306',
      acceptLoss: false,
      suppliers: [],
    },
    new AbortController().signal,
  );
  return objection === null ? null : inEnglish(objection);
}

const waiting = draw(`
db1 semi=source clients=2
+ db2 semi=replica
+ db3 semi=replica`);

test('a candidate that reads from another replica still counts as one that acknowledged', async () => {
  const fetched = `
db1 silent
+ db2 receiver=no semi=replica gtid=0-1-105
++ db3 semi=replica gtid=0-1-105`;
  expect(await objectionIn(draw(fetched, null, waiting))).toBeNull();
});

test('without it and its supplier, whoever acknowledged and is silent is missed', async () => {
  const fetched = `
db1 silent
+ db2 silent
++ db3 semi=replica gtid=0-1-105`;
  expect(await objectionIn(draw(fetched, null, waiting))).toBe(
    'db2:3306 may hold acknowledged writes and is silent',
  );
});

const healthy = draw('db1\n+ db2\n+ db3\n+ db4');

test.each([
  { held: 'all that anybody holds', db2: '0-1-105', db4: '0-1-100', says: null },
  {
    held: 'less than a third replica',
    db2: '0-1-105',
    db4: '0-1-110',
    says: 'db4:3306 holds more: 0-1-106..110.',
  },
  {
    held: 'less than its supplier by now',
    db2: '0-1-107',
    db4: '0-1-100',
    says: 'db2:3306 holds more: 0-1-106..107.',
  },
])('a candidate that fetched and holds $held', async ({ db2, db4, says }) => {
  const fetched = `
db1 silent
+ db2 receiver=no gtid=${db2}
++ db3 gtid=0-1-105
+ db4 receiver=no gtid=${db4}`;
  expect(await objectionIn(draw(fetched, null, healthy))).toBe(says);
});

test('a candidate that hears the master again is not opened', async () => {
  const back = 'db1 silent\n+ db2 receiver=no\n+ db3\n+ db4 receiver=no';
  expect(await objectionIn(draw(back, null, healthy))).toBe('db3:3306 hears from db1:3306 again.');
});
