import { expect, test } from 'vitest';
import { forgottenOwn } from '../../../../src/core/decide/candidates/completeness.ts';
import { memberOf } from '../../../../src/core/model/topology.ts';
import { draw } from '../../../support/builders/drawing.ts';

/** What db1 wrote once and does not hold any more, as db2 shows it. */
function forgottenByDb1(drawing: string): readonly string[] {
  const topology = draw(drawing);
  const [one, two] = ['db1:3306', 'db2:3306'].map((it) => memberOf(topology, it));
  if (one === undefined || two === undefined) throw new Error('The drawing has not both.');
  return forgottenOwn(one, two);
}

test.each([
  {
    name: 'a former master that holds all it wrote lacks only what others wrote',
    drawing: 'db2 gtid=0-1-100,0-2-104\ndb1 gtid=0-1-100',
    forgotten: [],
  },
  {
    name: 'one that came back with older data lacks its own',
    drawing: 'db2 gtid=0-1-100,0-2-104\ndb1 gtid=0-1-90',
    forgotten: ['0-1-91..100'],
  },
  {
    name: 'without GTID nothing can be said',
    drawing: 'db2 nogtid\ndb1 nogtid',
    forgotten: [],
  },
])('$name', ({ drawing, forgotten }) => {
  expect(forgottenByDb1(drawing)).toEqual(forgotten);
});
