import { answered, type Server, type WriteBarrier } from '../../model/instance.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import type { Hindrance } from '../../ports.ts';
import { failed, warned, type PlanningContext } from '../planning-context.ts';
import { draft, type DraftStage } from '../steps/steps.ts';

/** What keeps applications out although the server is not read-only, and no plan changes. */
function lasting({ barriers }: Server): readonly WriteBarrier[] {
  return barriers.filter((it) => it !== 'offline_mode');
}

/** Why a server could not take writes once it is open; undefined where nothing is known. */
export function unopenable(server: Server): Phrase | undefined {
  const [barrier] = lasting(server);
  return barrier === undefined
    ? undefined
    : phrase('{variable} keeps writes out', { variable: barrier });
}

/** Somebody took it offline: another is chosen where there is one. */
export function isOffline(member: Member): boolean {
  return answered(member)?.barriers.includes('offline_mode') === true;
}

/** A session on it holds a lock on the whole server: another is chosen where there is one. */
export function hindranceOn({ locked }: PlanningContext, { key }: Member): Hindrance | undefined {
  return locked?.get(key);
}

/** Who would take no writes once it is open, and therefore comes behind those that would. */
export function passedOverChecks(
  context: PlanningContext,
  candidate: Member,
  others: readonly Member[],
): readonly Check[] {
  return others.flatMap((it) => {
    const hindrance = hindranceOn(context, it);
    return hindrance === undefined || hindranceOn(context, candidate) !== undefined
      ? []
      : [warned(phrase('{instance} could be promoted too', { instance: it.key }), hindrance.says)];
  });
}

/** Open is more than not read-only. Nothing where nothing else keeps writes out. */
export function opennessChecks(
  context: PlanningContext,
  candidate: Member,
  server: Server,
): readonly Check[] {
  const hindrance = hindranceOn(context, candidate);
  const verdict = hindrance?.keepsOut === 'promotion' ? failed : warned;
  const says = phrase('Applications can write to {instance} once it is open', {
    instance: candidate.key,
  });
  return [
    ...lasting(server).map((it) => failed(says, plain(`${it} ON`))),
    ...(hindrance === undefined ? [] : [verdict(says, hindrance.says)]),
    ...(isOffline(candidate)
      ? [warned(says, phrase('offline_mode is ON; the plan sets it to OFF'))]
      : []),
  ];
}

/** Only users with the right CONNECTION_ADMIN are let in by a server that is offline. */
export function onlineStage(context: PlanningContext, candidate: Member): readonly DraftStage[] {
  if (!isOffline(candidate)) return [];
  const instance = candidate.key;
  const action = { do: 'set-variable', name: 'offline_mode', keep: false } as const;
  const says = phrase('Set offline_mode of {instance} to OFF.', { instance });
  const step = draft(
    context,
    instance,
    { ...action, value: 'OFF' },
    {
      says,
      undo: { ...action, value: 'ON' },
    },
  );
  return [
    {
      title: phrase('Let users in at {instance}', { instance }),
      lanes: [[step]],
      onFailure: 'undo',
    },
  ];
}
