import { expect, test } from 'vitest';
import type { ClusterState, WatchState } from '../../../src/core/backend.ts';
import { inEnglish } from '../../../src/core/model/phrase.ts';
import {
  beforeContainerAction,
  type ContainerAction,
} from '../../../src/protocol/container-question.ts';
import { draw } from '../../support/builders/drawing.ts';

const watched: WatchState = {
  controller: { us: true, holder: 'me@here (1)' },
  armed: true,
  disarmed: undefined,
  downtimes: [],
  blocking: undefined,
  proxies: [],
  detections: [],
};

function stateOf(drawing: string, watch: WatchState | undefined): ClusterState {
  return {
    topology: draw(drawing),
    findings: [],
    running: null,
    recoveries: [],
    ...(watch === undefined ? {} : { watch }),
  };
}

function before(
  action: ContainerAction,
  instance: string,
  options: {
    readonly environment?: 'lab' | 'staging' | 'production';
    readonly mode?: 'manage' | 'observe';
    readonly watch?: WatchState;
  } = {},
): string {
  const { environment = 'production', mode = 'manage', watch = watched } = options;
  const state = stateOf('db1\n+ db2', watch);
  const told = beforeContainerAction(action, `${instance}:3306`, state, { environment, mode });
  switch (told.kind) {
    case 'go':
      return 'go';
    case 'refuse':
      return `no: ${inEnglish(told.says)}`;
    case 'ask':
      return `${inEnglish(told.question)} ${inEnglish(told.detail)}`;
    default:
      return told satisfies never;
  }
}

test.each(['stop', 'restart', 'pause'] as const)('%s of a master asks first', (action) => {
  expect(before(action, 'db1')).toMatch(/container of the master db1:3306\? .*is armed/);
  expect(before(action, 'db1', { environment: 'staging' })).toMatch(/is armed/);
});

test('it says when nobody will act', () => {
  const unarmed = { ...watched, armed: false };
  expect(before('stop', 'db1', { watch: unarmed })).toMatch(/failover does not act here/);
  const unwatched = { ...watched, controller: null };
  expect(before('stop', 'db1', { watch: unwatched })).toMatch(/failover does not act here/);
});

test('a replica, and a lab, are not asked about', () => {
  expect(before('stop', 'db2')).toBe('go');
  expect(before('stop', 'db1', { environment: 'lab' })).toBe('go');
});

test('a cluster that is only observed is left alone', () => {
  expect(before('start', 'db2', { mode: 'observe' })).toMatch(/^no: orders is only observed/);
});

test('one that took writes when it was last seen comes back beside the new master only after a question', () => {
  const now = stateOf('db1\n+ db2', watched);
  const [old, master] = now.topology.members;
  if (old === undefined || master === undefined) throw new Error('Two members are drawn.');
  const gone = {
    kind: 'silent',
    at: 2,
    reason: 'refused',
    says: { text: '', values: {} },
  } as const;
  const topology = {
    ...now.topology,
    master: master.key,
    members: [{ ...old, probe: gone }, master],
  };
  const context = { environment: 'production', mode: 'manage' } as const;
  const told = beforeContainerAction('start', old.key, { ...now, topology }, context);
  expect(told.kind).toBe('ask');
});
