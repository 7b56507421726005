import { answered } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import { asides, type Decision } from '../../model/plan.ts';
import type { Recovery } from '../../model/recovery.ts';
import { memberOf, type Member, type Topology } from '../../model/topology.ts';
import type { PlanningContext } from '../planning-context.ts';
import { planRelocate } from '../plans/plan-relocate.ts';

/**
 * Whom a failover that was cut short left below the replica that it fetched from, while the master that it was to
 * replace is back; undefined for nobody. `recoveries`: newest first.
 */
export function strayedCandidate(
  topology: Topology,
  recoveries: readonly Recovery[],
): Member | undefined {
  const cut = begunAndCutShort(recoveries);
  return cut === undefined ? undefined : belowAnother(topology, cut);
}

function belowAnother(topology: Topology, { oldMaster, newMaster }: Recovery): Member | undefined {
  const master = memberOf(topology, oldMaster);
  const candidate = memberOf(topology, newMaster);
  if (candidate === undefined || answered(candidate) === undefined) {
    return undefined;
  }
  const isBack = answered(master) !== undefined && topology.master === master?.key;
  const supplier = memberOf(topology, candidate.source);
  return isBack && supplier?.source === topology.master ? candidate : undefined;
}

/** The newest failover, if it opened nobody and its process is gone; what was taken back of it since does not count. */
function begunAndCutShort(recoveries: readonly Recovery[]): Recovery | undefined {
  const [newest, before] = recoveries.filter((it) => !asides.has(it.kind));
  const cut = newest?.kind === 'restore' ? before : newest;
  return cut?.kind === 'failover' && cut.state === 'interrupted' && cut.openedAt === null
    ? cut
    : undefined;
}

/** It reads from the master again, as before. */
export function planBringBack(context: PlanningContext, recoveries: readonly Recovery[]): Decision {
  const candidate = strayedCandidate(context.topology, recoveries);
  const master = memberOf(context.topology, context.topology.master);
  return candidate === undefined || master === undefined
    ? {
        kind: 'hold',
        refusal: { because: [phrase('The finding is gone.')], instead: [], checks: [] },
      }
    : planRelocate(context, {
        moved: [candidate],
        below: master,
        subject: candidate.key,
        headline: phrase('Move {instance} below {source}', {
          instance: candidate.key,
          source: master.key,
        }),
        leftBehind: [],
      });
}
