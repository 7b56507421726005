import { expect, test } from 'vitest';
import type { RunResult } from '../../../../../src/core/backend.ts';
import type { Finding } from '../../../../../src/core/model/finding.ts';
import { phrase } from '../../../../../src/core/model/phrase.ts';
import type { Decision } from '../../../../../src/core/model/plan.ts';
import { gone, runDecision } from '../../../../../src/core/engine/watch/run-decision.ts';
import { planOf } from '../../../../support/builders/sample-plan.ts';
import { recoveryAt } from '../../../../support/builders/sample-recovery.ts';

const finding: Finding = {
  code: 'NeedsRejoin',
  severity: 'warning',
  instance: 'db001:3306',
  says: 'db001:3306 is outside.',
  evidence: [],
  advice: '',
  facts: {},
};
const because = [phrase('It has {list}.', { list: '0-1-7' })];
const refused: Decision = { kind: 'hold', refusal: { because, instead: [], checks: [] } };
const act: Decision = { kind: 'act', plan: planOf(1) };
const ran: RunResult = { kind: 'ran', recovery: recoveryAt('succeeded') };

/** What the log and the journal were told. */
async function told(
  decision: Decision,
  about: Finding | undefined,
  result: RunResult = ran,
  later = decision,
) {
  const log: string[] = [];
  const journal: object[] = [];
  const ports = {
    run: async ({ again }: { readonly again: () => Promise<Decision> }) => {
      await again();
      return result;
    },
    log: (_level: string, line: string) => void log.push(line),
    detected: (detection: object) => void journal.push(detection),
  };
  const cause = { trigger: 'NeedsRejoin', finding: about };
  const answers = [decision];
  const decide = async (): Promise<Decision> => answers.shift() ?? later;
  const { kind } = await runDecision(ports, cause, decide, new AbortController().signal);
  return { kind, log, journal };
}

test('why a former master is not let in stands in the log and, with its finding, in the journal', async () => {
  const { kind, log, journal } = await told(refused, finding);
  expect([kind, log]).toEqual(['refused', ['Held: It has 0-1-7.']]);
  const { code, instance } = finding;
  expect(journal).toMatchObject([{ code, instance, decision: 'held', because, recovery: null }]);
});

test('what is refused under the lock is told as well', async () => {
  const { kind, journal } = await told(act, finding, { kind: 'refused', because, instead: [] });
  expect([kind, journal.length]).toEqual(['refused', 1]);
});

test('what ran, what is over, and what no finding asks for is no held finding', async () => {
  expect((await told(act, finding)).journal).toEqual([]);
  expect((await told(gone, finding)).journal).toEqual([]);
  const refusal: RunResult = { kind: 'refused', because, instead: [] };
  expect((await told(act, finding, refusal, gone)).journal).toEqual([]);
  expect((await told(refused, undefined)).journal).toEqual([]);
});
