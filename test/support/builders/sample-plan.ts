import { phrase, plain } from '../../../src/core/model/phrase.ts';
import type { Plan, Step } from '../../../src/core/model/plan.ts';

/** A switchover of `size` steps named `1`, `2`, ..., each in a lane of its own. */
export function planOf(size: number): Plan {
  return {
    kind: 'switchover',
    cluster: 'orders',
    subject: 'db2:3306',
    oldMaster: 'db1:3306',
    newMaster: 'db2:3306',
    headline: phrase('Promote {instance} to master of {cluster}', {
      instance: 'db2',
      cluster: 'orders',
    }),
    checks: [{ says: plain('db2 is not far behind'), measured: plain('0 s'), verdict: 'passed' }],
    stages: [
      {
        title: plain('All'),
        lanes: Array.from({ length: size }, (_, index) => [stepNamed(String(index + 1))]),
        onFailure: 'undo',
      },
    ],
    effects: {
      writeStop: plain('Less than a second.'),
      mayLose: [],
      leftBehind: [],
      undo: plain('Promote db1.'),
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
    says: phrase('Make {instance} read-only.', { instance: 'db1' }),
    sql: ['SET GLOBAL read_only = ON'],
    deadlineMs: 1000,
    undo: null,
  };
}
