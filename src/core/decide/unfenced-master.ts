import { phrase, type Phrase } from '../model/phrase.ts';
import type { Check } from '../model/plan.ts';
import type { Member } from '../model/topology.ts';
import { unheardAcknowledgers, waitingAtLastLook } from './acknowledgement.ts';
import { passed, warned, type PlanningContext } from './planning-context.ts';

/** A master that waits for so long acknowledges nothing that no replica holds, before a person has seen what happened. */
const longMs = 3_600_000;

/**
 * Why a silent master may still acknowledge writes of applications that reach it when we do not; undefined when its host
 * said that no server runs there, or something keeps it from doing so.
 */
function exposureOf({ proxied, topology }: PlanningContext, master: Member): Phrase | undefined {
  // Only a refusal proves it: a tunnel or balancer also accepts and resets when just the way behind it is cut.
  const unproven = master.probe.kind === 'silent' && master.probe.reason !== 'refused';
  if (!unproven || proxied) {
    return undefined;
  }
  const waiting = waitingAtLastLook(master);
  const blocked =
    waiting !== undefined &&
    waiting.waitsWithoutReplicas &&
    waiting.timeoutMs >= longMs &&
    unheardAcknowledgers(topology, master) === undefined;
  return blocked
    ? undefined
    : phrase(
        'nothing tells whether it runs, applications do not come through a proxy of ours, and it does not wait for replicas for at least an hour',
      );
}

/** A warning in every plan that replaces such a master. */
export function exposureChecks(context: PlanningContext, master: Member): readonly Check[] {
  if (master.probe.kind !== 'silent') {
    return [];
  }
  const says = phrase('{master} takes no writes of applications that still reach it', {
    master: master.key,
  });
  const exposure = exposureOf(context, master);
  return exposure === undefined
    ? [passed(says, phrase('it is dead or cut off from them'))]
    : [warned(says, exposure)];
}

/** Reasons not to replace such a master without a person, where the settings ask for that. */
export function exposureObjections(context: PlanningContext, master: Member): readonly Phrase[] {
  const exposure = context.policy.onUnfencedMaster === 'hold' && exposureOf(context, master);
  return exposure === false || exposure === undefined
    ? []
    : [
        phrase(
          '{master} may still take writes ({because}); onUnfencedMaster is hold. Make sure that it is off, then promote by hand.',
          { master: master.key, because: exposure },
        ),
      ];
}
