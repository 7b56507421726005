import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../../src/core/decide/invariants/check-plan.ts';
import { planDetach } from '../../../../../src/core/decide/plans/plan-detach.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision } from '../../../../../src/core/model/plan.ts';
import { memberOf } from '../../../../../src/core/model/topology.ts';
import { contextIn } from '../../../../support/builders/failover-plan.ts';

/** db2 replaced db1, which db3 still reads from. */
function detached(drawing: string, mode: 'manage' | 'observe' = 'manage'): Decision {
  const context = contextIn(drawing, { mode });
  const master = memberOf(context.topology, 'db2:3306');
  const lost = memberOf(context.topology, 'db3:3306');
  if (master === undefined || lost === undefined) throw new Error('Somebody is not drawn.');
  const decision = planDetach(context, master, lost);
  expect(decision.kind === 'act' ? objectionsTo(decision.plan, context.topology) : []).toEqual([]);
  return decision;
}

function told(decision: Decision): string {
  return decision.kind === 'act'
    ? stepsOf(decision.plan)
        .map((it) => `${it.on} ${it.action.do}`)
        .join()
    : decision.refusal.because.map(inEnglish).join(' ');
}

test.each([
  { lost: '', says: 'db3:3306 stop-receiver' },
  { lost: 'receiver=connecting', says: 'db3:3306 stop-receiver' },
  { lost: 'applier=no received=0-1-100', says: 'db3:3306 stop-receiver' },
  { lost: 'applier=no received=0-1-105', says: 'would be lost' },
  { lost: 'applier=no sql=1062 received=0-1-105', says: 'would be lost' },
  { lost: 'receiver=no', says: 'receiver no' },
  { lost: 'silent', says: 'The receiver of db3:3306 runs' },
])('a replica left behind that is "$lost": $says', ({ lost, says }) => {
  expect(told(detached(`db1 silent\n+ db3 ${lost}\ndb2`))).toContain(says);
});

test('one that reads from the new master is not detached, and nobody is where nothing may be changed', () => {
  expect(told(detached('db1 silent\ndb2\n+ db3'))).toContain('it reads from db2:3306');
  expect(told(detached('db1 silent\n+ db3\ndb2', 'observe'))).toContain('observe');
});

test('whatever is planned stops one receiver, and says how to let it follow again', () => {
  const marks = fc.constantFrom('', 'applier=no', 'receiver=no', 'receiver=connecting', 'silent');
  fc.assert(
    fc.property(marks, fc.constantFrom('db1 silent', 'db1 ro', 'db1'), (mark, old) => {
      const decision = detached(`${old}\n+ db3 ${mark}\ndb2`);
      expect(told(decision)).not.toBe('');
      expect(decision.kind === 'act' ? inEnglish(decision.plan.effects.undo) : 'Rejoin').toContain(
        'Rejoin',
      );
    }),
  );
});
