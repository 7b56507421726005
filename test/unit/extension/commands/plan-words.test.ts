import { expect, test } from 'vitest';
import { inEnglish, phrase, plain } from '../../../../src/core/model/phrase.ts';
import { lastQuestion } from '../../../../src/extension/commands/plan-words.ts';
import { newsOf, stepNow } from '../../../../src/extension/notifications/run-words.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { planOf } from '../../../support/builders/sample-plan.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';
import { drawn, healthy } from '../ui/states.ts';

const userContext = {
  words: english,
  labelOf: (key: string) => key.replace(':3306', ''),
  environment: 'lab',
} as const;

test('the last question names what changes, what may be lost and how to undo it, in at most six lines', () => {
  const { title, detail, confirm } = lastQuestion(planOf(4), userContext);
  expect(title).toBe('Promote db2 to master of orders (Lab)?');
  expect(confirm).toBe('Promote db2');
  expect(detail.split('\n')).toEqual([
    'Master: db1 → db2',
    'Steps: 4 · Servers: 1',
    'Writes: Less than a second.',
    'May be lost: nothing',
    'Undo: Promote db1.',
  ]);
});

test('a fix is named by what it mends, and moves no role', () => {
  const headline = phrase('Fix {item} on {instance}', { item: 'NotDurable', instance: 'db3:3306' });
  const fix = { kind: 'fix', subject: 'db3:3306', oldMaster: null, headline } as const;
  const { title, detail, confirm } = lastQuestion({ ...planOf(2), ...fix }, userContext);
  expect(title).toBe('Fix NotDurable on db3 (Lab)?');
  expect(confirm).toBe('Fix db3');
  expect(detail.split('\n')[0]).toBe('No server becomes master, and none gets another source.');
});

test('a replica that is moved is named with the source that it gets', () => {
  const headline = phrase('Move {instance} below {source}', {
    instance: 'db3:3306',
    source: 'db2:3306',
  });
  const moved = { kind: 'relocate', subject: 'db3:3306', oldMaster: null, headline } as const;
  const { title, detail, confirm } = lastQuestion({ ...planOf(2), ...moved }, userContext);
  expect(title).toBe('Move db3 below db2 (Lab)?');
  expect(confirm).toBe('Move db3');
  expect(detail.split('\n')[0]).toBe('db3 will replicate from db2.');
});

test('a loss and whoever is left behind stand in the last question', () => {
  const plan = planOf(1);
  const effects = {
    ...plan.effects,
    mayLose: [plain('Transactions after 0-1-7.')],
    leftBehind: [{ instance: 'db3:3306', because: plain('silent') }],
  };
  const lines = lastQuestion({ ...plan, effects }, userContext).detail.split('\n');
  expect(lines).toContain('May be lost: Transactions after 0-1-7.');
  expect(lines).toContain('Left behind: db3:3306');
  expect(lines.length).toBeLessThanOrEqual(6);
});

test('a rejoin asks about the instance that rejoins', () => {
  const plan = { ...planOf(2), kind: 'rejoin', subject: 'db1:3306' } as const;
  const { title, detail, confirm } = lastQuestion(plan, userContext);
  expect(title).toBe('Rejoin db1 as a replica in orders (Lab)?');
  expect(confirm).toBe('Rejoin db1');
  expect(detail).toMatch(/^db1 will replicate from db2\.$/m);
});

test.each([
  { state: 'succeeded', tone: 'ok' },
  { state: 'partial', tone: 'warning' },
  { state: 'undone', tone: 'error' },
  { state: 'failed', tone: 'error' },
  { state: 'interrupted', tone: 'error' },
] as const)('a run that ended as $state is told as $tone, with its problems', ({ state, tone }) => {
  const recovery = { ...recoveryAt(state, 'done'), problems: [plain('db3 did not follow.')] };
  const news = newsOf(recovery, english);
  expect(news.tone).toBe(tone);
  expect(news.text).toContain(tone === 'ok' ? inEnglish(recovery.headline) : 'db3 did not follow.');
});

test('a run tells the step that runs now and how far it is', () => {
  const running = recoveryAt('running', 'done', 'running', 'waiting', 'waiting');
  expect(stepNow(drawn(healthy, { running }), english)).toEqual({
    text: 'Step 2 of 4: Make db1 read-only.',
    share: 25,
  });
  expect(stepNow(drawn(healthy), english)).toBeUndefined();
});
