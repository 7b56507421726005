import type { Plan, Step } from '../../src/core/model/plan.ts';

/** A switchover of `size` steps named `1`, `2`, ..., each in a lane of its own. */
export function planOf(size: number): Plan {
  return {
    kind: 'switchover',
    cluster: 'orders',
    subject: 'db2:3306',
    oldMaster: 'db1:3306',
    newMaster: 'db2:3306',
    headline: 'Promote db2 to master of orders',
    checks: [{ says: 'db2 is not far behind', measured: '0 s', verdict: 'passed' }],
    stages: [
      {
        title: 'All',
        lanes: Array.from({ length: size }, (_, index) => [stepNamed(String(index + 1))]),
        onFailure: 'undo',
      },
    ],
    effects: {
      writeStop: 'Less than a second.',
      mayLose: [],
      leftBehind: [],
      undo: 'Promote db1.',
    },
    fingerprint: 'f',
    budgetMs: 10_000,
  };
}

function stepNamed(id: string): Step {
  return {
    id,
    on: 'db1:3306',
    action: { do: 'set-read-only' },
    says: 'Make db1 read-only.',
    sql: ['SET GLOBAL read_only = ON'],
    deadlineMs: 1000,
    undo: null,
  };
}
