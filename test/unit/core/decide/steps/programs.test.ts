import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../../src/core/decide/invariants/check-plan.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { stepsOf, type Plan, type Step } from '../../../../../src/core/model/plan.ts';
import type { ProgramPolicy } from '../../../../../src/core/model/policy.ts';
import { actionsOf, contextIn, plannedFor } from '../../../../support/builders/failover-plan.ts';

const drawing = `
db1 silent
+ db2 receiver=connecting
+ db3 receiver=connecting
+ db4 silent`;

const programs: ProgramPolicy = {
  before: [['may-i', '{failedHost}:{failedPort}'], ['/opt/fence']],
  after: [['tell', 'to={successorHost}', '{recoveryUID} ok={isSuccessful}'], ['move-dns']],
  timeoutSeconds: 7,
};

function programsIn(plan: Plan): readonly Step[] {
  return stepsOf(plan).filter((it) => it.action.do === 'run-program');
}

test('programs come before the first change and after the last, each bounded', () => {
  const plan = plannedFor('db2:3306', drawing, { programs });
  const actions = actionsOf(plan);
  expect(actions.slice(0, 3)).toEqual(['run-program', 'run-program', 'look-again']);
  expect(actions.slice(-2)).toEqual(['run-program', 'run-program']);
  expect(programsIn(plan).map((it) => it.deadlineMs)).toEqual([7000, 7000, 7000, 7000]);
  expect(objectionsTo(plan, contextIn(drawing).topology)).toEqual([]);
});

test('a program before stops the failover when it fails; one after is told, and the next one runs', () => {
  const { stages } = plannedFor('db2:3306', drawing, { programs });
  const kinds = stages
    .filter((it) => it.lanes.flat().some(({ action }) => action.do === 'run-program'))
    .map((it) => it.onFailure);
  expect(kinds).toEqual(['undo', 'report', 'report']);
});

test('the plan shows the filled words, and in angle brackets what only the run can know', () => {
  const plan = plannedFor('db2:3306', drawing, { programs });
  expect(programsIn(plan).map((it) => inEnglish(it.says))).toEqual([
    'Run the program may-i db1:3306.',
    'Run the program /opt/fence.',
    'Run the program tell to=db2 "<recoveryUID> ok=<isSuccessful>".',
    'Run the program move-dns.',
  ]);
});

test('what is known beforehand is in the plan', () => {
  const plan = plannedFor('db2:3306', drawing, { programs, recoverMasterFilters: ['*'] });
  expect(programsIn(plan)[0]?.action).toMatchObject({
    values: {
      failureType: 'DeadMasterAndSomeReplicas',
      failedHost: 'db1',
      failedPort: '3306',
      failureCluster: 'orders',
      failureClusterAlias: 'orders',
      successorHost: 'db2',
      successorPort: '3306',
      successorAlias: 'db2:3306',
      countReplicas: '3',
      replicaHosts: 'db2:3306,db3:3306,db4:3306',
      autoMasterRecovery: 'true',
    },
  });
});

test('a planned switchover runs no programs', () => {
  const plan = plannedFor('db2:3306', 'db1 rw\n+ db2\n+ db3', { programs });
  expect(plan.kind).toBe('switchover');
  expect(programsIn(plan)).toEqual([]);
});

test('a program amid the changes is objected to', () => {
  const plan = plannedFor('db2:3306', drawing, { programs });
  const [first, ...others] = plan.stages;
  const moved = {
    ...plan,
    stages: [...others.slice(0, 2), ...(first ? [first] : []), ...others.slice(2)],
  };
  expect(objectionsTo(moved, contextIn(drawing).topology)).toContain(
    'A program runs amid the changes.',
  );
});
