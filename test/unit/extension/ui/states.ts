import { phrase, plain } from '../../../../src/core/model/phrase.ts';
import type { ClusterState, WatchState } from '../../../../src/core/backend.ts';
import type { Detection } from '../../../../src/core/model/watch.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

/** The state of a drawn cluster, with the findings that the engine itself makes of it. */
export function drawn(drawing: string, changes: Partial<ClusterState> = {}): ClusterState {
  const topology = draw(drawing);
  return {
    topology,
    findings: analyse(topology, policy),
    running: null,
    recoveries: [],
    ...changes,
  };
}

/** The same cluster one round later, when an instance has fallen silent. */
export function silenced(drawing: string, key: string): ClusterState {
  const before = draw(drawing);
  const says = plain(`${key} refuses.`);
  const probe = { kind: 'silent', at: 2, reason: 'refused', says } as const;
  const members = before.members.map((it) => (it.key === key ? { ...it, probe } : it));
  const topology = { ...before, members };
  return { topology, findings: analyse(topology, policy), running: null, recoveries: [] };
}

/** As after an automatic failover. */
export function automatic(recovery: Recovery): Recovery {
  return { ...recovery, trigger: 'DeadMaster' };
}

export const healthy = `
db1
+ db2
+ db3
`;

/** Armed, and this window keeps the watch. */
export function watchOf(changes: Partial<WatchState> = {}): WatchState {
  return {
    controller: { holder: 'me@here (1)', us: true },
    armed: true,
    disarmed: undefined,
    downtimes: [],
    blocking: undefined,
    proxies: [],
    detections: [],
    ...changes,
  };
}

/** As after an automatic failover from db1 to db2. */
export function failover(changes: Partial<Recovery> = {}): Recovery {
  return {
    ...automatic(recoveryAt('succeeded', 'done', 'done')),
    kind: 'failover',
    openedAt: 1,
    ...changes,
  };
}

export function heldDetection(changes: Partial<Detection> = {}): Detection {
  return {
    id: 'd1',
    cluster: 'orders',
    at: 1_700_000_005_000,
    code: 'DeadMaster',
    instance: 'db2:3306',
    says: 'db2:3306 is dead.',
    facts: {},
    evidence: [plain('db2:3306 refuses connections.')],
    decision: 'held',
    because: [phrase('The finding is gone.')],
    recovery: null,
    ...changes,
  };
}
