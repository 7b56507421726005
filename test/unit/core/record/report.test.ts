import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fill, plain } from '../../../../src/core/model/phrase.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import {
  ended,
  newRecovery,
  withHandover,
  withProblem,
  withStepEnded,
  withStepStarted,
} from '../../../../src/core/record/recovery-record.ts';
import { reportOf, spellDuration } from '../../../../src/core/record/report.ts';
import { korean } from '../../../support/builders/korean.ts';
import { planOf } from '../../../support/builders/sample-plan.ts';

const spellTime = (at: number): string => `T+${String(at)}`;
const context = { seen: [], spellTime, translate: fill };

test('the report of a recovery reads from its result down to its statements', () => {
  expect(reportOf(eventful(), { ...context, seen: ['db1 is dead.', 'db2 does not hear it.'] }))
    .toBe(`# Promote db2 to master of orders

- **Result:** Done in part: some instances need care
- **Cluster:** orders
- **Kind:** switchover
- **Old master:** db1:3306
- **New master:** db2:3306
- **Started:** T+0 by ann@desk (41)
- **Cause:** asked for by a user
- **Ended:** T+4250, after 4.3 s
- **Writes stopped for:** 87 ms
- **Hand-over:** db1:3306 at a.000001:4 is db2:3306 at b.000002:8
- **Acknowledged:** T+9000 by bob: seen
- **Record:** 000000000-abcdef

## Evidence

- db1 is dead.
- db2 does not hear it.

## Problems

- db3 does not follow: error 1236 \\| log \\<purged\\>

## What may be lost

- 3 transactions of db1

## Left behind

- db4:3306: it does not answer

## Timeline

| Step | Began | Took | Instance | Result | What |
| --- | --- | --- | --- | --- | --- |
| 1 | T+10 | 40 ms | db1:3306 | done | Make db1 read-only. Was writable. |
| 2 | T+50 | 1.2 s | db1:3306 | failed | Make db1 read-only. No answer within 1 s. |
| 3 |  |  | db1:3306 | skipped | Make db1 read-only. |

## Checks

| Check | Measured | Verdict |
| --- | --- | --- |
| db2 is not far behind | 0 s | passed |

## Statements

Step 1, on db1:3306 (done):

\`\`\`sql
SET GLOBAL read_only = ON;
\`\`\`

Step 2, on db1:3306 (failed):

\`\`\`sql
SET GLOBAL read_only = ON;
\`\`\`

Step 3, on db1:3306 (skipped):

\`\`\`sql
SET GLOBAL read_only = ON;
\`\`\`
`);
});

test('a report speaks the language of its reader', () => {
  const report = reportOf(eventful(), { ...context, seen: ['db1'], translate: korean().t });
  expect(report).toContain('- **클러스터:** orders');
  expect(report).toContain('- **결과:** 일부만 완료');
  const titles = report.match(/^## .*$/gm) ?? [];
  expect(titles).toHaveLength(7);
  expect(titles.filter((it) => !/[가-힣]/.test(it))).toEqual([]);
});

test('a report leaves out what there is nothing to say about', () => {
  const plan = { ...planOf(0), checks: [] };
  const recovery = newRecovery(plan, {
    actor: 'a@b (1)',
    trigger: 'DeadMaster',
    at: 0,
    randomLetters: 'x',
  });
  const report = reportOf(recovery, context);
  expect(report).not.toContain('##');
  expect(report).not.toContain('Ended');
  expect(report).toContain('**Result:** Still running');
  expect(report).toContain('**Cause:** DeadMaster');
  expect(report).toContain('**Writes stopped for:** not measured');
});

test('statements cannot break out of their block, nor anything else out of its line', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ unit: fc.constantFrom('`', '|', '\n', '#', 'a') }),
      (text, odd) => {
        const recovery = eventful();
        const report = reportOf(
          {
            ...recovery,
            problems: [plain(text), plain(odd)],
            steps: recovery.steps
              .slice(0, 1)
              .map((it) => ({ ...it, note: plain(odd), sql: [odd, text] })),
          },
          context,
        );
        const [before = '', statements = ''] = report.split('## Statements\n');
        expect(before.split('\n').filter((it) => it.startsWith('| 1 '))).toHaveLength(1);
        expect(before.match(/^#+ /gm)).toHaveLength(6);
        const fence = /^(`{3,})sql$/m.exec(statements)?.[1] ?? '';
        expect(statements.split(fence)).toHaveLength(3);
      },
    ),
  );
});

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1000, '1.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [125_400, '2 min 5 s'],
])('%d ms are spelled %s', (ms, words) => {
  expect(spellDuration(ms)).toBe(words);
});

function eventful(): Recovery {
  const plan = planOf(3);
  let recovery = newRecovery(
    {
      ...plan,
      effects: {
        ...plan.effects,
        mayLose: [plain('3 transactions of db1')],
        leftBehind: [{ instance: 'db4:3306', because: plain('it does not answer') }],
      },
    },
    { actor: 'ann@desk (41)', trigger: 'user', at: 0, randomLetters: 'abcdef' },
  );
  recovery = withStepStarted(recovery, '1', 10);
  recovery = withStepEnded(recovery, '1', { state: 'done', at: 50, note: plain('Was writable.') });
  recovery = withStepStarted(recovery, '2', 50);
  recovery = withStepEnded(recovery, '2', {
    state: 'failed',
    at: 1250,
    note: plain('No answer within 1 s.'),
  });
  recovery = withProblem(recovery, plain('db3 does not follow: error 1236 |\nlog <purged>'));
  recovery = withHandover(recovery, {
    oldMaster: 'db1:3306',
    oldAt: { file: 'a.000001', offset: 4 },
    newMaster: 'db2:3306',
    newAt: { file: 'b.000002', offset: 8 },
  });
  return {
    ...ended(recovery, { state: 'partial', at: 4250, writeStopMs: 87 }),
    acknowledgement: { at: 9000, by: 'bob', comment: 'seen' },
  };
}
