import { expect, test } from 'vitest';
import type { PlanKind } from '../../../src/core/model/plan.ts';
import { viewOf } from '../../../src/protocol/topology-view.ts';
import { english } from '../../../src/protocol/localizer.ts';
import { recoveryAt } from '../../support/builders/sample-recovery.ts';
import { drawn, failover, healthy, watchOf } from '../extension/ui/states.ts';

const now = 1_700_000_000_000;

test.each<{ kind: PlanKind; says: string }>([
  { kind: 'switchover', says: 'promoting db3 · step 2/3' },
  { kind: 'failover', says: 'promoting db3 · step 2/3' },
  { kind: 'rejoin', says: 'db3 rejoins · step 2/3' },
  { kind: 'relocate', says: 'moving below db2 · step 2/3' },
  { kind: 'fence', says: 'db3 is closed · step 2/3' },
  { kind: 'restore', says: 'taking back · step 2/3' },
  { kind: 'repair', says: 'mending replication · step 2/3' },
  { kind: 'detach', says: 'db3 is detached · step 2/3' },
])('while a $kind runs the cluster says: $says', ({ kind, says }) => {
  const running = {
    ...recoveryAt('running', 'done', 'running', 'waiting'),
    kind,
    subject: 'db3:3306',
    newMaster: 'db2:3306',
  };
  const view = viewOf(drawn(healthy, { running }), english, now);
  expect(view.summary.description).toBe(says);
});

test('a failover that nobody acknowledged blocks the next one, and the cluster says until when', () => {
  const by = failover({ startedAt: now });
  const watch = watchOf({ blocking: { by, until: now + 3_600_000 } });
  const blocked = viewOf(drawn(healthy, { watch, recoveries: [by] }), english, now);
  expect(blocked.summary.tooltip.join()).toMatch(/blocked until you acknowledge the last one, or/);
  const free = viewOf(drawn(healthy, { watch: watchOf() }), english, now);
  expect(free.summary.tooltip.join()).not.toMatch(/blocked/);
});
