import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inEnglish, plain } from '../../../../src/core/model/phrase.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import {
  ended,
  interrupted,
  newRecovery,
  recoveryId,
  withHandover,
  withProblem,
  withStepEnded,
  withStepStarted,
  withStepUndone,
} from '../../../../src/core/record/recovery-record.ts';
import { planOf } from '../../../support/builders/sample-plan.ts';

const beginning = {
  actor: 'ann@desk (41)',
  trigger: 'user',
  at: 1_790_000_000_000,
  randomLetters: 'abcdef',
};

test('a new recovery names its plan and all its steps wait, in the order of display', () => {
  const recovery = newRecovery(planOf(3), beginning);
  expect(recovery).toMatchObject({
    cluster: 'orders',
    kind: 'switchover',
    subject: 'db2:3306',
    trigger: 'user',
    actor: 'ann@desk (41)',
    state: 'running',
    startedAt: 1_790_000_000_000,
    endedAt: null,
    acknowledgement: null,
  });
  expect(inEnglish(recovery.headline)).toBe('Promote db2 to master of orders');
  expect(recovery.steps.map((it) => [it.id, it.state])).toEqual([
    ['1', 'waiting'],
    ['2', 'waiting'],
    ['3', 'waiting'],
  ]);
  expect(recovery.steps[0]?.sql).toEqual(['SET GLOBAL read_only = ON']);
});

test('names of recoveries sort as their times do', () => {
  const moment = fc.integer({ min: 0, max: 100_000_000_000_000 });
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      fc.pre(one < other);
      expect(recoveryId(one, 'zzzzzz') < recoveryId(other, 'aaaaaa')).toBe(true);
    }),
  );
});

test('a step that ends carries its times, its outcome and what it found', () => {
  let recovery = newRecovery(planOf(2), beginning);
  recovery = withStepStarted(recovery, '2', 10);
  expect(recovery.steps[1]).toMatchObject({ state: 'running', startedAt: 10, endedAt: null });
  recovery = withStepEnded(recovery, '2', { state: 'failed', at: 25, note: plain('No answer.') });
  expect(recovery.steps[1]).toMatchObject({
    state: 'failed',
    startedAt: 10,
    endedAt: 25,
    note: plain('No answer.'),
  });
  expect(recovery.steps[0]?.state).toBe('waiting');
});

test('a step that was skipped before it began has no times', () => {
  const recovery = withStepEnded(newRecovery(planOf(1), beginning), '1', {
    state: 'skipped',
    at: 9,
    note: plain('Nothing to do.'),
  });
  expect(recovery.steps[0]).toMatchObject({ state: 'skipped', startedAt: null, endedAt: null });
});

test('an undone step keeps its times, and its note unless there is a new one', () => {
  let recovery = withStepStarted(newRecovery(planOf(1), beginning), '1', 10);
  recovery = withStepEnded(recovery, '1', { state: 'done', at: 20, note: plain('Was writable.') });
  expect(withStepUndone(recovery, '1', null).steps[0]).toMatchObject({
    state: 'undone',
    startedAt: 10,
    endedAt: 20,
    note: plain('Was writable.'),
  });
  const again = plain('Writable again.');
  expect(withStepUndone(recovery, '1', again).steps[0]?.note).toEqual(again);
});

test('a step that the plan does not have is a bug and says so', () => {
  expect(() => withStepStarted(newRecovery(planOf(1), beginning), '7', 1)).toThrow('no step 7');
});

test('problems add up and the hand-over is kept', () => {
  const handover = {
    oldMaster: 'db1:3306',
    oldAt: { file: 'a.000001', offset: 4 },
    newMaster: 'db2:3306',
    newAt: { file: 'b.000002', offset: 8 },
  };
  const recovery = withHandover(
    withProblem(withProblem(newRecovery(planOf(1), beginning), plain('One.')), plain('Two.')),
    handover,
  );
  expect(recovery.problems.map(inEnglish)).toEqual(['One.', 'Two.']);
  expect(recovery.handover).toEqual(handover);
});

test('an interrupted recovery says who left it and claims nothing about the step that ran', () => {
  const recovery = interrupted(withStepStarted(newRecovery(planOf(2), beginning), '1', 5));
  expect(recovery.state).toBe('interrupted');
  expect(recovery.endedAt).toBeNull();
  expect(recovery.problems.map(inEnglish).join(' ')).toContain('ann@desk (41)');
  expect(recovery.steps.map((it) => [it.state, it.endedAt, it.note?.text ?? null])).toEqual([
    ['failed', null, 'Interrupted: whether it took effect is not known.'],
    ['skipped', null, null],
  ]);
});

test('whatever happens, ends and interruptions leave no step waiting or running and finished steps as they were', () => {
  fc.assert(
    fc.property(story, ({ size, events }) => {
      const recovery = events.reduce(happen, newRecovery(planOf(size), beginning));
      const end = ended(recovery, { state: 'partial', at: 900, writeStopMs: 30 });
      const halt = interrupted(recovery);
      for (const after of [end, halt]) {
        expect(after.steps.map((it) => it.id)).toEqual(recovery.steps.map((it) => it.id));
        expect(after.steps.some((it) => ['waiting', 'running'].includes(it.state))).toBe(false);
        const finished = recovery.steps.filter((it) => !['waiting', 'running'].includes(it.state));
        expect(after.steps).toEqual(expect.arrayContaining(finished));
      }
      expect(end).toMatchObject({ state: 'partial', endedAt: 900, writeStopMs: 30 });
      expect(interrupted(end)).toBe(end);
    }),
  );
});

type Happening = { readonly step: number; readonly what: 'start' | 'done' | 'failed' | 'undo' };

const story = fc.record({
  size: fc.integer({ min: 1, max: 6 }),
  events: fc.array(
    fc.record<Happening>({
      step: fc.nat(5),
      what: fc.constantFrom('start', 'done', 'failed', 'undo'),
    }),
    { maxLength: 15 },
  ),
});

function happen(recovery: Recovery, { step, what }: Happening): Recovery {
  const id = String((step % recovery.steps.length) + 1);
  switch (what) {
    case 'start':
      return withStepStarted(recovery, id, 100);
    case 'undo':
      return withStepUndone(recovery, id, plain('Undone.'));
    case 'done':
    case 'failed':
      return withStepEnded(recovery, id, { state: what, at: 200, note: null });
    default:
      return what satisfies never;
  }
}
