import { phrase } from '../../../src/core/model/phrase.ts';
import type { Recovery } from '../../../src/core/model/recovery.ts';
import { planOf } from './sample-plan.ts';

/** A recovery with one step per given state. */
export function recoveryAt(
  state: Recovery['state'],
  ...steps: readonly Recovery['steps'][number]['state'][]
): Recovery {
  const plan = planOf(steps.length);
  return {
    id: 'r1',
    cluster: 'orders',
    kind: plan.kind,
    subject: plan.subject,
    headline: plan.headline,
    trigger: 'user',
    actor: 'me@here (1)',
    oldMaster: plan.oldMaster,
    newMaster: plan.newMaster,
    state,
    startedAt: 1_700_000_000_000,
    endedAt: state === 'running' ? null : 1_700_000_001_000,
    checks: plan.checks,
    effects: plan.effects,
    steps: steps.map((it, index) => ({
      id: String(index + 1),
      on: 'db1:3306',
      says: phrase('Make {instance} read-only.', { instance: 'db1' }),
      sql: ['SET GLOBAL read_only = ON'],
      state: it,
      startedAt: it === 'waiting' ? null : 100,
      endedAt: it === 'done' ? 112 : null,
      note: null,
    })),
    problems: [],
    writeStopMs: state === 'succeeded' ? 87.4 : null,
    openedAt: null,
    handover: null,
    acknowledgement: null,
  };
}
