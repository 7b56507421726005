import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { decideAutomatically } from '../../../../src/core/decide/decide-automatically.ts';
import { familyOf } from '../../../../src/core/model/finding.ts';
import type { InstanceKey } from '../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { contextIn } from '../../../support/builders/failover-plan.ts';

/** Why nothing is done about a dead master; 'acts' where something is. */
function told(drawing: string, lostBy: readonly InstanceKey[] = []): string {
  const context = {
    ...contextIn(drawing, { recoverMasterFilters: ['*'] }),
    spell: ({ do: what }: { readonly do: string }) => [what],
  };
  const finding = analyse(context.topology, context.policy).find(
    (it) => familyOf(it.code) === 'dead-master',
  );
  if (finding === undefined) throw new Error('No master is dead.');
  const decision = decideAutomatically(finding, context, {
    now: 0,
    disarmed: undefined,
    downtimes: [],
    unacknowledged: undefined,
    controller: { holder: 'us', us: true },
    storeWritable: true,
    lostBy: new Set(lostBy),
  });
  return decision?.kind === 'hold' ? decision.refusal.because.map(inEnglish).join(' ') : 'acts';
}

test('where all receivers are stopped it is held, and what to do is said in words and in SQL', () => {
  const words = told('db1 hung\n+ db2 silent\n+ db3 receiver=no');
  expect(words).toContain('No replica has tried to reach db1:3306');
  expect(words).toContain('Start the receiver of db3:3306 (start-receiver)');
});

test.each([
  { who: 'the host of the master refuses us', drawing: 'db1 silent\n+ db2 receiver=no' },
  { who: 'one tries', drawing: 'db1 hung\n+ db2 receiver=no\n+ db3 receiver=connecting' },
  { who: 'one failed', drawing: 'db1 hung\n+ db2 receiver=no io=2003' },
])('a stopped receiver beside another witness hinders nothing: $who', ({ drawing }) => {
  expect(told(drawing)).not.toContain('No replica has tried');
});

test('one that was asked and did not get through is a witness, though it stands by now', () => {
  expect(told('db1 hung\n+ db2 receiver=no', ['db2:3306'])).toBe('acts');
});
