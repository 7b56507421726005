import { expect, test } from 'vitest';
import type { ClusterState } from '../../../src/core/backend.ts';
import type { Container } from '../../../src/core/model/container.ts';
import { plain } from '../../../src/core/model/phrase.ts';
import { viewOf } from '../../../src/protocol/topology-view.ts';
import { english } from '../../../src/protocol/localizer.ts';
import { container, publishedAt } from '../../support/builders/containers.ts';
import { draw } from '../../support/builders/drawing.ts';

function cardOf(drawing: string, of: Container) {
  const state: ClusterState = {
    topology: draw(drawing),
    findings: [],
    running: null,
    recoveries: [],
    containers: new Map([['db1:3306', of]]),
    notes: [plain('Docker stopped. The last known addresses are used.')],
  };
  return viewOf(state, english, 0);
}

test('a container that ended explains a silent instance', () => {
  const ended = container('db1', { state: 'exited', exitCode: 137 });
  const [card] = cardOf('db1 silent\n+ db2', ended).cards;
  expect(card).toMatchObject({
    icon: 'vm-outline',
    tone: 'error',
    stateWord: 'container exited (137)',
    container: { name: 'db1', activity: 'stopped' },
  });
  expect(card?.description).toMatch(/^container exited \(137\)/);
});

test('a running one is told of in the tooltip, with its ports and its project', () => {
  const runs = container('db1', {
    project: 'shop',
    service: 'db',
    published: [publishedAt(13311)],
  });
  const view = cardOf('db1\n+ db2', runs);
  expect(view.cards[0]?.container?.activity).toBe('running');
  expect(view.cards[0]?.tooltip.slice(-4)).toEqual([
    'Container: db1 · container running',
    'Image: mysql:8.4',
    'Ports: 127.0.0.1:13311→3306',
    'Compose project: shop · db',
  ]);
  expect(view.summary.tooltip).toContain('Compose project shop: db1:3306');
});

test('an answer does not come out of a container that does not run', () => {
  const old = container('db1', { state: 'exited', exitCode: 0 });
  expect(cardOf('db1\n+ db2', old).cards[0]?.container).toBeUndefined();
});

test('what is wrong on the way stands below what is wrong with the servers', () => {
  expect(cardOf('db1\n+ db2', container('db1')).banners.at(-1)).toMatchObject({
    tone: 'info',
    says: 'Docker stopped. The last known addresses are used.',
  });
});
