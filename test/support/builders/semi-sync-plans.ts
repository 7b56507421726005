import type { RejoinContext } from '../../../src/core/decide/planning-context.ts';
import { inEnglish } from '../../../src/core/model/phrase.ts';
import { stepsOf, type Decision, type Plan, type Wish } from '../../../src/core/model/plan.ts';
import type { Topology } from '../../../src/core/model/topology.ts';
import { spellForDisplay } from '../../../src/dialect/statements.ts';
import { draw } from './drawing.ts';
import { policy } from './world.ts';

/** For plans about semi-sync: the statements are those that a person is shown. */
export function contextOf(topology: Topology): RejoinContext {
  return {
    topology,
    policy,
    spell: (action, server) => spellForDisplay(action, server),
    proxied: true,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
}

/** A round in which all was well, and the one after it. */
export function after(before: string, now: string): Topology {
  return draw(now, null, draw(before));
}

export function planOf(decision: Decision): Plan {
  if (decision.kind === 'hold') {
    throw new Error(decision.refusal.because.map(inEnglish).join(' '));
  }
  return decision.plan;
}

export const promoteDb2 = {
  kind: 'promote',
  instance: 'db2:3306',
  acceptLoss: false,
} as const satisfies Wish;

/** Each step that moves semi-sync, where it stands among those that open and that repoint. */
export function movesOf(plan: Plan): readonly string[] {
  return stepsOf(plan).flatMap(({ on, action, sql }) => {
    const name = on.replace(':3306', '');
    switch (action.do) {
      case 'set-semi-sync':
        return [`${name}: ${sql.join('; ').replaceAll('SET GLOBAL rpl_semi_sync_', '')}`];
      case 'set-writable':
        return [`${name} opens`];
      case 'point-at':
        return [`${name} follows`];
      default:
        return [];
    }
  });
}
