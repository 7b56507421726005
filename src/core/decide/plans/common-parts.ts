import type { InstanceKey } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Check, Effects } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { forgetSource, leadTraffic, openLane, verifyOpen, verifyWrite } from '../steps/drafts.ts';
import { warned, type PlanningContext } from '../planning-context.ts';
import type { DraftStage } from '../steps/steps.ts';

/** The candidate lets go of its source, opens, and then forgets it: the first may be taken back, the second not. */
export function opening(
  context: PlanningContext,
  key: InstanceKey,
  byGtid: boolean,
): readonly DraftStage[] {
  return [
    {
      title: phrase('Open {instance}', { instance: key }),
      lanes: [openLane(context, key, byGtid)],
      onFailure: 'undo',
    },
    {
      title: phrase('Let the applications through'),
      lanes: [leadTraffic(context, key)],
      onFailure: 'report',
    },
    {
      title: phrase('Make {instance} forget its source', { instance: key }),
      lanes: [[forgetSource(context, key)], [verifyOpen(context, key)]],
      onFailure: 'report',
    },
  ];
}

/** Where the settings allow a write; else what was read as it opened is all that is known. */
export function provenOpen(context: PlanningContext, key: InstanceKey): DraftStage {
  return {
    title: phrase('Write to {instance}', { instance: key }),
    lanes: [verifyWrite(context, key)],
    onFailure: 'report',
  };
}

/** A silent replica cannot be told whom to follow. */
export function staysBehind({ key, unheard }: Member): Check {
  return warned(
    phrase('{instance} follows', { instance: key }),
    unheard === true
      ? phrase('it cannot be reached from here, so it stays behind if it replicates')
      : phrase('it is silent and stays behind'),
  );
}

export const severalSources = phrase(
  'it reads from several sources; point it at the new master by hand',
);

/** A plan would change all its sources, or make one more. */
export function keepsReading({ key }: Member): Check {
  return warned(phrase('{instance} follows', { instance: key }), severalSources);
}

export function leftSilent(absent: readonly Member[]): Effects['leftBehind'] {
  return absent.map(({ key, unheard }) => ({
    instance: key,
    because: unheard === true ? phrase('it cannot be reached from here') : phrase('it is silent'),
  }));
}

export function takesWrites(instance: InstanceKey): Phrase {
  return phrase('{instance} takes writes', { instance });
}
