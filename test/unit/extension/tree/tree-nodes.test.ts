import { expect, test } from 'vitest';
import { choicesFor } from '../../../../src/extension/commands/choices.ts';
import { clusterNode } from '../../../../src/extension/tree/tree-nodes.ts';
import type { TreeNode } from '../../../../src/extension/tree/tree-nodes.ts';
import { viewOf } from '../../../../src/protocol/topology-view.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { drawn, healthy, watchOf } from '../ui/states.ts';

function nodeOf(drawing: string, lab: readonly string[] = []): TreeNode {
  const view = viewOf(drawn(drawing), english, 1000);
  return clusterNode('orders', view, { words: english, lab: new Set(lab), now: 1000 });
}

/** The tree as people read it: label, icon, traits. */
function lines(node: TreeNode, depth = 0): readonly string[] {
  const line = `${'+'.repeat(depth)} ${node.label} ${node.icon} ${node.traits}`.trim();
  return [line, ...node.children.flatMap((it) => lines(it, depth + 1))];
}

test('replicas hang under the instance they replicate from', () => {
  expect(lines(nodeOf('db1\n+ db2\n++ db4\n+ db3'))).toEqual([
    'orders server-environment cluster',
    '+ db1 star-full instance+master+watched+up',
    '++ db2 type-hierarchy-sub instance+intermediate+promotable+watched+up',
    '+++ db4 database instance+replica+promotable+watched+up',
    '++ db3 database instance+replica+promotable+watched+up',
  ]);
});

test('a silent replica cannot be promoted, and says so by its traits', () => {
  expect(lines(nodeOf('db1\n+ db2\n+ db3 denied'))).toContain(
    '++ db3 warning instance+replica+user-refused+watched+down',
  );
});

test('instances of the lab may be stopped and started', () => {
  const traits = lines(nodeOf(healthy, ['db1:3306', 'db2:3306', 'db3:3306']));
  expect(traits[0]).toMatch(/cluster\+lab$/);
  expect(traits[1]).toMatch(/instance\+master\+watched\+lab\+up$/);
  const down = nodeOf('db1\n+ db2 silent', ['db1:3306', 'db2:3306']).children;
  expect(down.flatMap((it) => lines(it)).join('\n')).toMatch(/db2 .*\+lab\+down/);
});

test('a former master that replicates from nobody may rejoin', () => {
  const traits = lines(nodeOf('db2\n+ db3\ndb1 ro'));
  expect(traits.find((it) => it.includes(' db1 '))).toMatch(/\+rejoinable\+watched\+up$/);
});

test('rows keep their names from round to round, and every row can be told from the others', () => {
  const ids = (node: TreeNode): readonly string[] => [node.id, ...node.children.flatMap(ids)];
  const before = ids(nodeOf(healthy));
  const after = ids(nodeOf('db1 silent\n+ db2 receiver=no\n+ db3 receiver=no'));
  expect(new Set(before).size).toBe(before.length);
  expect(after.toSorted()).toEqual(before.toSorted());
});

test('an instance in downtime shows until when, and menus can end it', () => {
  const state = drawn(healthy, {
    watch: watchOf({
      downtimes: [
        {
          cluster: 'orders',
          instance: 'db2:3306',
          since: 0,
          until: 601_000,
          owner: 'me',
          reason: '',
        },
      ],
    }),
  });
  const node = clusterNode('orders', viewOf(state, english, 1000), {
    words: english,
    lab: new Set(),
    watch: state.watch,
    now: 1000,
  });
  expect(node).toMatchObject({
    traits: 'cluster+armed+watched',
    description: 'db1 · 3 servers · auto',
  });
  const db2 = node.children[0]?.children.find((it) => it.label === 'db2');
  expect(db2).toMatchObject({ description: 'downtime 10 min', icon: 'bell-slash' });
  expect(db2?.traits).toMatch(/\+downtime\+up$/);
});

test('deep branches start closed', () => {
  const deep = nodeOf('db1\n+ db2\n++ db3\n+++ db4');
  const opens = (node: TreeNode): readonly boolean[] => [
    node.open,
    ...node.children.flatMap(opens),
  ];
  expect(opens(deep)).toEqual([true, true, true, false, false]);
});

test('a cluster that was not seen yet is there, without instances', () => {
  const node = clusterNode('orders', undefined, { words: english, lab: new Set(), now: 1000 });
  expect(node).toMatchObject({ label: 'orders', icon: 'loading~spin', children: [] });
});

test('the soundest replica is offered first for a promotion, the worst instance first to look at', () => {
  const view = viewOf(drawn('db1\n+ db2 applier=no\n+ db3'), english, 1000);
  expect(choicesFor('promote', view).map((it) => it.label)).toEqual(['db3', 'db2']);
  expect(choicesFor('any', view)[0]?.label).toBe('db2');
  expect(choicesFor('rejoin', view)).toEqual([]);
});
