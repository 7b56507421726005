import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../../src/core/decide/invariants/check-plan.ts';
import type { PlanningContext } from '../../../../../src/core/decide/planning-context.ts';
import { leftOpen, planCloseAgain } from '../../../../../src/core/decide/plans/plan-close-again.ts';
import { stepsOf } from '../../../../../src/core/model/plan.ts';
import type { Recovery } from '../../../../../src/core/model/recovery.ts';
import { memberOf } from '../../../../../src/core/model/topology.ts';
import { spellForDisplay } from '../../../../../src/dialect/statements.ts';
import { contextIn } from '../../../../support/builders/failover-plan.ts';
import { recoveryAt } from '../../../../support/builders/sample-recovery.ts';

const off = 'SET GLOBAL super_read_only = OFF';
const on = 'SET GLOBAL super_read_only = ON';

interface Begun {
  readonly state: Recovery['steps'][number]['state'];
  readonly sql: readonly string[];
}

/** A plan about db2 with these steps there. */
function past(
  state: Recovery['state'],
  steps: readonly Begun[],
  kind: Recovery['kind'] = 'create-user',
): Recovery {
  const sample = recoveryAt(state, ...steps.map((it) => it.state));
  return {
    ...sample,
    kind,
    steps: sample.steps.map((it, place) => ({
      ...it,
      on: 'db2:3306',
      sql: steps[place]?.sql ?? [],
    })),
  };
}

/** db2 lets administrators write, as its own answer says. */
function open(readOnly = true, superReadOnly: boolean | null = false): PlanningContext {
  const context = contextIn('db1 rw\n+ db2\n+ db3');
  const members = context.topology.members.map((it) => {
    if (it.key !== 'db2:3306' || it.probe.kind === 'silent') return it;
    const server = { ...it.probe.server, flavor: 'mysql' as const, readOnly, superReadOnly };
    return { ...it, probe: { ...it.probe, server }, lastAnswer: { at: 1, server } };
  });
  return { ...context, spell: spellForDisplay, topology: { ...context.topology, members } };
}

const whole = [off, 'CREATE USER', on];
const inTheMiddle = past('interrupted', [{ state: 'failed', sql: whole }]);
const fixCut = past(
  'interrupted',
  [
    { state: 'done', sql: [off] },
    { state: 'failed', sql: ['CREATE USER'] },
    { state: 'skipped', sql: [on] },
  ],
  'fix',
);
const closedSince = past('succeeded', [{ state: 'done', sql: [on] }], 'fix');

test.each<{
  when: string;
  recoveries: readonly Recovery[];
  context?: PlanningContext;
  left: boolean;
}>([
  { when: 'a user plan was cut short in the middle', recoveries: [inTheMiddle], left: true },
  { when: 'a fix was cut short between', recoveries: [fixCut], left: true },
  {
    when: 'another plan did other things',
    recoveries: [recoveryAt('failed', 'done'), fixCut],
    left: true,
  },
  {
    when: 'the step ended',
    recoveries: [past('interrupted', [{ state: 'done', sql: whole }])],
    left: false,
  },
  {
    when: 'the step never began',
    recoveries: [past('interrupted', [{ state: 'waiting', sql: whole }])],
    left: false,
  },
  {
    when: 'it was closed since, and somebody opened it',
    recoveries: [closedSince, inTheMiddle],
    left: false,
  },
  {
    when: 'the plan still runs',
    recoveries: [past('running', [{ state: 'running', sql: whole }])],
    left: false,
  },
  { when: 'nothing is known', recoveries: [], left: false },
  { when: 'it is closed', recoveries: [inTheMiddle], context: open(true, true), left: false },
  { when: 'it takes writes', recoveries: [inTheMiddle], context: open(false, false), left: false },
  {
    when: 'it has no such setting',
    recoveries: [inTheMiddle],
    context: open(true, null),
    left: false,
  },
])(
  'whether a replica was left open, when $when: $left',
  ({ recoveries, context = open(), left }) => {
    expect(leftOpen(context, () => recoveries).map((it) => it.key)).toEqual(
      left ? ['db2:3306'] : [],
    );
  },
);

test('it is closed again, and nothing else is touched', () => {
  const context = open();
  const member = memberOf(context.topology, 'db2:3306');
  if (member === undefined) throw new Error('It is drawn.');
  const decision = planCloseAgain(context, member, [inTheMiddle]);
  if (decision.kind === 'hold') throw new Error('It holds.');
  expect(objectionsTo(decision.plan, context.topology)).toEqual([]);
  expect(stepsOf(decision.plan).map((it) => [it.on, it.sql])).toEqual([['db2:3306', [on]]]);
  expect(planCloseAgain(context, member, [closedSince, inTheMiddle]).kind).toBe('hold');
});
