import { expect, test } from 'vitest';
import { panelStateSchema } from '../../../src/protocol/panel-state.ts';
import { viewOf } from '../../../src/protocol/topology-view.ts';
import { watchViewOf } from '../../../src/protocol/watch-view.ts';
import { english } from '../../../src/protocol/localizer.ts';
import {
  runningRecovery,
  sampleDecision,
  sampleNow,
  samples,
} from '../../support/harness/panel/samples.ts';
import { watchOf } from '../extension/ui/states.ts';

function view(name: string): ReturnType<typeof viewOf> {
  const sample = samples[name];
  if (sample === undefined) throw new Error(`No sample is called ${name}.`);
  return viewOf(sample(), english, sampleNow);
}

test('a healthy cluster is a master with its replicas, in one calm line', () => {
  const { cards, edges, banners, summary } = view('healthy');
  expect(cards.map(({ label, roleWord, icon, parent }) => [label, roleWord, icon, parent])).toEqual(
    [
      ['db1', 'Master', 'star-full', null],
      ['db2', 'Replica', 'database', 'db1:3306'],
      ['db3', 'Replica', 'database', 'db1:3306'],
    ],
  );
  expect(cards.map((it) => it.description)).toEqual([
    '10.11.19 · RW',
    '0 s behind · RO',
    '0 s behind · RO',
  ]);
  expect(edges.map((it) => it.flow)).toEqual(['flowing', 'flowing']);
  expect(banners).toEqual([]);
  expect(summary).toMatchObject({ tone: 'ok', description: 'db1 · 3 servers' });
});

test('a dead master stays in its place as a ghost, and its replicas have lost it', () => {
  const { cards, banners, summary } = view('master-dead');
  expect(cards[0]).toMatchObject({
    ghost: true,
    tone: 'error',
    icon: 'debug-disconnect',
    description: 'refuses connections',
    canPromote: false,
  });
  expect(cards[1]).toMatchObject({ stateWord: 'Lost its source', lagText: null, canPromote: true });
  expect(banners.map((it) => it.code)).toEqual(['DeadMaster']);
  expect(summary).toMatchObject({ tone: 'error', description: 'The master is dead' });
});

test('a replica that is not let in shows the error of the server', () => {
  const { cards, edges } = view('wrong-password');
  expect(cards[2]).toMatchObject({ tone: 'error', stateWord: 'Receiver: error 1045' });
  expect(cards[2]?.tooltip.some((it) => it.includes('Access denied'))).toBe(true);
  expect(edges.map((it) => it.flow)).toEqual(['flowing', 'broken']);
});

test('a lagging replica and a stopped one are told apart by icon and words', () => {
  const { cards, edges } = view('lagging');
  expect(cards[1]).toMatchObject({ icon: 'clock', lagText: '42 s behind', stateWord: 'Lags' });
  expect(cards[2]).toMatchObject({
    icon: 'debug-pause',
    stateWord: 'Replication is stopped',
    level: 3,
  });
  expect(edges.map((it) => it.flow)).toEqual(['lagging', 'stopped']);
});

test('co-masters are both roots, joined by links that are no branches', () => {
  const { cards, edges } = view('co-masters');
  expect(cards.map(({ key, parent }) => [key, parent])).toEqual([
    ['db1:3306', null],
    ['db3:3306', 'db1:3306'],
    ['db2:3306', null],
  ]);
  expect(edges.filter((it) => it.kind === 'extra').map(({ from, to }) => `${from}>${to}`)).toEqual([
    'db2:3306>db1:3306',
    'db1:3306>db2:3306',
  ]);
});

test('a server that follows nobody is a root of its own and may rejoin', () => {
  const { cards } = view('two-masters');
  expect(cards.at(-1)).toMatchObject({
    label: 'db4',
    parent: null,
    canRejoin: true,
    canPromote: false,
  });
});

test('a plan that runs is what the line of the cluster tells', () => {
  const state = samples['healthy']?.();
  if (state === undefined) throw new Error('no sample');
  const decision = sampleDecision(state, {
    kind: 'promote',
    instance: 'db2:3306',
    acceptLoss: false,
  });
  if (decision.kind !== 'act') throw new Error('no plan');
  const running = runningRecovery(decision.plan, 3);
  const { summary } = viewOf({ ...state, running }, english, sampleNow);
  expect(summary.description).toBe(`promoting db2 · step 4/${String(running.steps.length)}`);
});

test.each(Object.keys(samples))('%s fits the protocol as it is sent', (name) => {
  const state = {
    cluster: 'orders',
    environment: { kind: 'lab', word: 'Lab' },
    view: view(name),
    traits: {},
    details: null,
    sheet: null,
    absent: null,
    planning: false,
    progress: null,
    result: null,
    watch: watchViewOf(watchOf(), {
      words: english,
      now: sampleNow,
      labelOf: (key) => key,
      monitor: undefined,
    }),
  };
  expect(panelStateSchema.parse(structuredClone(state))).toEqual(state);
});
