import { expect, test } from 'vitest';
import type { Topology } from '../../../../../src/core/model/topology.ts';
import type { WriteOutcome, WriteTrial } from '../../../../../src/core/model/write-trial.ts';
import {
  writeTrials,
  type WriteTrials,
} from '../../../../../src/core/engine/observer/write-trials.ts';
import { draw } from '../../../../support/builders/drawing.ts';

const refused: WriteOutcome = { kind: 'refused', errno: 1114, says: { text: 'full', values: {} } };
const healthy = draw('db1\n+ db2');
const ours = { ours: true, planRuns: false };

interface Bench {
  readonly trials: WriteTrials;
  readonly asked: readonly string[];
  /** One round at this time, in milliseconds, and all that follows from it. */
  readonly round: (
    at: number,
    topology?: Topology,
    occasion?: typeof ours,
  ) => Promise<WriteTrial | undefined>;
}

function bench(...outcomes: readonly (WriteOutcome | 'never')[]): Bench {
  let now = 0;
  const asked: string[] = [];
  const trials = writeTrials(
    {
      attempt: (address) => {
        const outcome = outcomes[asked.length] ?? { kind: 'written' };
        asked.push(address);
        return outcome === 'never' ? new Promise(() => undefined) : Promise.resolve(outcome);
      },
      close: () => undefined,
    },
    { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() },
  );
  return {
    trials,
    asked,
    round: async (at, topology = healthy, occasion = ours) => {
      now = at;
      trials.keep(topology, occasion);
      await new Promise(setImmediate);
      return trials.joinedTo(topology).writeTrial;
    },
  };
}

test('only the master is written on, every five seconds, sooner after a failure', async () => {
  const { round, asked } = bench({ kind: 'written' }, refused, refused);
  expect(await round(0)).toMatchObject({ master: 'db1:3306', failures: 0 });
  await round(4_999);
  expect(asked).toEqual(['db1:3306']);
  expect(await round(5_000)).toMatchObject({ failures: 1 });
  await round(5_999);
  expect(asked).toHaveLength(2);
  expect(await round(6_000)).toMatchObject({ failures: 2 });
});

test.each<WriteOutcome>([{ kind: 'written' }, { kind: 'no-verdict' }])(
  '$kind between two failures ends the row',
  async (between) => {
    const { round } = bench(refused, between, refused);
    await round(0);
    expect(await round(10_000)).toMatchObject({ failures: 0 });
    expect(await round(20_000)).toMatchObject({ failures: 1 });
  },
);

test.each([
  { name: 'somebody else keeps the watch', occasion: { ours: false, planRuns: false } },
  { name: 'a plan runs', occasion: { ours: true, planRuns: true } },
])('nobody writes while $name, and what was known is forgotten', async ({ occasion }) => {
  const { round, asked } = bench(refused, refused);
  await round(0);
  expect(await round(10_000, healthy, occasion)).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test.each(['db1 ro\n+ db2', 'db1 silent\n+ db2', 'db1 denied\n+ db2'])(
  'nobody writes on a master that is not open and answering: %s',
  async (drawing) => {
    const { round, asked } = bench();
    await round(0, draw(drawing));
    expect(asked).toEqual([]);
  },
);

test('a master that hangs over the questions of a round is tried, for an attempt asks less', async () => {
  const { round, asked } = bench({ kind: 'waiting', ms: 2_000 });
  const before = draw('db1\n+ db2');
  expect(await round(0, draw('db1 hung\n+ db2', null, before))).toMatchObject({ failures: 1 });
  expect(asked).toEqual(['db1:3306']);
});

test('a second attempt never joins one that has not ended, and no round waits for it', async () => {
  const { round, asked } = bench('never');
  await round(0);
  await round(60_000);
  expect(asked).toHaveLength(1);
});

test('an attempt that ends after the watch was lost says nothing', async () => {
  const { round, trials } = bench(refused);
  trials.keep(healthy, ours);
  trials.keep(healthy, { ours: false, planRuns: false });
  await new Promise(setImmediate);
  expect(trials.joinedTo(healthy).writeTrial).toBeUndefined();
  expect(await round(10_000)).toMatchObject({ failures: 0 });
});

test('another master begins anew', async () => {
  const { round } = bench(refused, refused);
  await round(0);
  const changed = { ...healthy, master: 'db2:3306' };
  expect(await round(10_000, changed)).toBeUndefined();
});
