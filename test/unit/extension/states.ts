import { plain } from '../../../src/core/model/phrase.ts';
import type { ClusterState } from '../../../src/core/backend.ts';
import { analyse } from '../../../src/core/analyse/analyse.ts';
import type { Recovery } from '../../../src/core/model/recovery.ts';
import { draw } from '../../support/drawing.ts';
import { policy } from '../../support/world.ts';

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
