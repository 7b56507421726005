import { expect, test } from 'vitest';
import type { CheckedItem, CheckReport } from '../../../../src/core/model/doctor.ts';
import { fill, phrase, plain } from '../../../../src/core/model/phrase.ts';
import {
  aboutInstance,
  doctorGroups,
  doctorPage,
  linesOf,
  whyNotFixed,
} from '../../../../src/extension/commands/doctor-rows.ts';
import { planOf } from '../../../support/builders/sample-plan.ts';

const words = { t: fill, language: 'en' };

function itemOf(changes: Partial<CheckedItem>): CheckedItem {
  return {
    code: 'SlowDetection',
    gravity: 'slows',
    instance: 'db2:3306',
    says: phrase('{instance} is slow.', { instance: 'db2:3306' }),
    why: plain('Because.'),
    evidence: [plain('60')],
    advice: plain('Set it.'),
    remedy: null,
    byHand: [],
    fix: null,
    instructions: [],
    ...changes,
  };
}

function reportOf(...items: readonly CheckedItem[]): CheckReport {
  return { cluster: 'orders', at: 0, items, unasked: [] };
}

test('rows stand in groups, the gravest first, and empty groups are left out', () => {
  const groups = doctorGroups(
    reportOf(itemOf({}), itemOf({ gravity: 'breaks', fix: { kind: 'act', plan: planOf(1) } })),
    words,
  );
  expect(groups.map((it) => [it.title, it.rows.map((row) => row.description)])).toEqual([
    ['Would break a recovery', ['db2:3306 · can be fixed from here']],
    ['Would slow a recovery', ['db2:3306 · by hand']],
  ]);
});

test('asked of one instance it tells of that one only', () => {
  const report = reportOf(itemOf({}), itemOf({ instance: 'db3:3306' }));
  expect(aboutInstance(report, 'db3:3306').items).toHaveLength(1);
  expect(aboutInstance(report, undefined).items).toHaveLength(2);
});

test('what is copied is every statement of the plan, then what is done by hand', () => {
  const plan = planOf(1);
  const lines = linesOf(
    itemOf({
      fix: { kind: 'act', plan },
      instructions: [
        { on: 'db2:3306', into: 'option-file', lines: ['[mysqld]', 'a = 1'], restart: false },
      ],
    }),
  );
  expect(lines.at(-1)).toBe('a = 1');
  expect(lines[0]).toMatch(/;$/);
});

test('a fix that is held says why and what to do', () => {
  const refusal = { because: [plain('No password.')], instead: [plain('Set it.')], checks: [] };
  expect(whyNotFixed(itemOf({ fix: { kind: 'hold', refusal } }), words)).toBe(
    'No password. Set it.',
  );
  expect(whyNotFixed(itemOf({}), words)).toBeUndefined();
});

test('the page has a heading an item and code to copy', () => {
  const instruction = { on: 'db2:3306', into: 'sql', lines: ['GRANT x;'], restart: true } as const;
  const page = doctorPage(reportOf(itemOf({ instructions: [instruction] })), words);
  expect(page).toContain(
    '### db2:3306 is slow.\n\n- Why: Because.\n- Seen: 60\n- What to do: Set it.',
  );
  expect(page).toContain('```sql\nGRANT x;\n```');
  expect(doctorPage(reportOf(), words)).toContain('nothing was found');
});
