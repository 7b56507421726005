import { expect, test } from 'vitest';
import type { Container } from '../../../../src/core/model/container.ts';
import { byProject } from '../../../../src/extension/tree/project-nodes.ts';
import { clusterNode, type TreeNode } from '../../../../src/extension/tree/tree-nodes.ts';
import { viewOf } from '../../../../src/protocol/topology-view.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { container } from '../../../support/builders/containers.ts';
import { drawn, healthy } from '../ui/states.ts';

/** A cluster of `db1` to `db3`; `projects`: of the containers of the first ones, null for a container of none. */
function cluster(name: string, projects: readonly (string | null)[] = []): TreeNode {
  const containers: readonly (readonly [string, Container])[] = projects.map((project, place) => {
    const label = `db${String(place + 1)}`;
    return [`${label}:3306`, container(label, { project })];
  });
  const state = drawn(healthy, { containers: new Map(containers) });
  const context = { words: english, lab: new Set<string>(), now: 1000 };
  return clusterNode(name, viewOf(state, english, 1000), context);
}

function shown(clusters: readonly TreeNode[]): readonly string[] {
  return byProject(clusters, english).map((it) =>
    it.traits === 'project'
      ? `${it.label} (${it.description}): ${it.children.map((one) => one.label).join(', ')}`
      : it.label,
  );
}

test('clusters of one compose project stand below it, where the first of them stood', () => {
  const shop = ['shop', 'shop', 'shop'];
  expect(
    shown([
      cluster('plain'),
      cluster('orders', shop),
      cluster('other', ['crm']),
      cluster('stock', shop),
    ]),
  ).toEqual(['plain', 'shop (compose project): orders, stock', 'crm (compose project): other']);
});

test('a cluster that was not seen yet, or whose containers are of no project, stands alone', () => {
  const context = { words: english, lab: new Set<string>(), now: 1000 };
  const unseen = clusterNode('unseen', undefined, context);
  expect(shown([unseen, cluster('plain', [null, null])])).toEqual(['unseen', 'plain']);
});

test('in a cluster of several projects each instance says its own', () => {
  const node = cluster('orders', ['east', 'west', null]);
  expect(shown([node])).toEqual(['orders']);
  const [db1] = node.children;
  expect([db1, ...(db1?.children ?? [])].map((it) => it?.description)).toEqual([
    '10.11.1 · RW · east',
    '0 s behind · RO · west',
    '0 s behind · RO',
  ]);
  expect(cluster('orders', ['east', 'east']).children[0]?.description).toBe('10.11.1 · RW');
});
