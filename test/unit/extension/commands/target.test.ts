import { expect, test } from 'vitest';
import { objectsIn, oneOf } from '../../../../src/extension/engine/json-parts.ts';
import { targetOf } from '../../../../src/extension/commands/target.ts';

test.each([
  {
    name: 'a row of the tree',
    argument: { cluster: 'orders', instance: 'db1:3306', label: 'db1' },
    cluster: 'orders',
    instance: 'db1:3306',
  },
  {
    name: 'the row of a cluster',
    argument: { cluster: 'orders', instance: null },
    cluster: 'orders',
    instance: undefined,
  },
  {
    name: 'a card of the panel',
    argument: { webviewSection: 'instance', cluster: 'orders', instance: 'db1:3306' },
    cluster: 'orders',
    instance: 'db1:3306',
  },
  { name: 'nothing', argument: undefined, cluster: undefined, instance: undefined },
  {
    name: 'something strange',
    argument: { cluster: 7, instance: [] },
    cluster: undefined,
    instance: undefined,
  },
])('a command called with $name knows what it is about', ({ argument, cluster, instance }) => {
  expect(targetOf(argument)).toEqual({ cluster, instance });
});

test('a list in settings is read as its objects, whatever stands in it', () => {
  expect(objectsIn([{ id: 'a' }, 7, null, [], { id: 'b' }])).toEqual([{ id: 'a' }, { id: 'b' }]);
  expect(objectsIn('no list')).toEqual([]);
  expect(oneOf({ clusters: [{ id: 'lab' }] }, 'clusters')).toEqual({ id: 'lab' });
  expect(oneOf(undefined, 'clusters')).toEqual({});
});
