import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../../src/core/decide/invariants/check-plan.ts';
import {
  planBringBack,
  strayedCandidate,
} from '../../../../../src/core/decide/candidates/strayed-candidate.ts';
import { stepsOf } from '../../../../../src/core/model/plan.ts';
import type { Recovery } from '../../../../../src/core/model/recovery.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { contextIn } from '../../../../support/builders/failover-plan.ts';
import { recoveryAt } from '../../../../support/builders/sample-recovery.ts';

/** db3 was told to fetch from db2 when the process that told it died; then db1 came back. */
const back = 'db1\n+ db2\n++ db3';

const failover: Recovery = {
  ...recoveryAt('interrupted'),
  kind: 'failover',
  oldMaster: 'db1:3306',
  newMaster: 'db3:3306',
};
const restore: Recovery = { ...failover, kind: 'restore', state: 'succeeded', oldMaster: null };
const fence: Recovery = { ...failover, kind: 'fence', state: 'succeeded' };

test.each<{ when: string; drawing?: string; recoveries: readonly Recovery[]; who?: string }>([
  { when: 'a failover was cut short', recoveries: [failover], who: 'db3:3306' },
  { when: 'the rest was taken back already', recoveries: [restore, failover], who: 'db3:3306' },
  { when: 'somebody was closed since', recoveries: [fence, failover], who: 'db3:3306' },
  { when: 'it was moved since', recoveries: [{ ...failover, kind: 'relocate' }, failover] },
  { when: 'nothing was cut short', recoveries: [] },
  { when: 'the failover ended', recoveries: [{ ...failover, state: 'undone' }] },
  { when: 'it opened somebody', recoveries: [{ ...failover, openedAt: 1 }] },
  {
    when: 'the master is still dead',
    drawing: 'db1 silent\n+ db2\n++ db3',
    recoveries: [failover],
  },
  { when: 'it is where it was', drawing: 'db1\n+ db2\n+ db3', recoveries: [failover] },
  { when: 'it is silent', drawing: 'db1\n+ db2\n++ db3 silent', recoveries: [failover] },
])('whom to bring back to its master, when $when', ({ drawing = back, recoveries, who }) => {
  expect(strayedCandidate(draw(drawing), recoveries)?.key).toBe(who);
});

test('it is pointed at its master again, and nobody else is touched', () => {
  const context = contextIn(back);
  const decision = planBringBack(context, [failover]);
  if (decision.kind === 'hold') throw new Error('It holds.');
  expect(objectionsTo(decision.plan, context.topology)).toEqual([]);
  expect(stepsOf(decision.plan).map((it) => `${it.on} ${it.action.do}`)).toEqual([
    'db3:3306 stop-replication',
    'db3:3306 point-at',
    'db3:3306 start-replication',
    'db3:3306 verify-replicating',
  ]);
});

test('where nobody strayed any more nothing is done', () => {
  expect(planBringBack(contextIn('db1\n+ db2\n+ db3'), [failover]).kind).toBe('hold');
});
