import type { InstanceKey } from '../model/instance.ts';
import type { LockAnswer } from '../model/lock-answer.ts';
import { phrase, type Phrase } from '../model/phrase.ts';

/**
 * Says why the locks at hand are not enough; null when they are. `electorate`: the replicas that were replicating at the
 * last good look at the master, so that each side of a partition counts against the same number. With two nodes it is
 * the sole replica. `required`: whoever is to be changed decisively, such as a candidate.
 */
export function lockObjection(
  electorate: readonly InstanceKey[],
  required: InstanceKey,
  answers: ReadonlyMap<InstanceKey, LockAnswer>,
): Phrase | null {
  const own = answers.get(required);
  if (own?.kind !== 'held') {
    return own?.kind === 'taken'
      ? phrase('The recovery lock of {instance} is held by {holder}.', {
          holder: own.by,
          instance: required,
        })
      : phrase('The lock on {instance} could not be taken: {because}', {
          instance: required,
          because: own?.says ?? phrase('it was not asked.'),
        });
  }
  const held = electorate.filter((it) => answers.get(it)?.kind === 'held').length;
  if (held * 2 > electorate.length || electorate.length === 0) {
    return null;
  }
  return phrase('Only {held} of {all} replicas gave their lock, no majority: {why}', {
    held,
    all: electorate.length,
    why: whyNoMajority(electorate, answers),
  });
}

function whyNoMajority(
  electorate: readonly InstanceKey[],
  answers: ReadonlyMap<InstanceKey, LockAnswer>,
): Phrase {
  const other = [...answers.values()].find((it) => it.kind === 'taken');
  if (other !== undefined) {
    return phrase('{holder} holds one.', { holder: other.by });
  }
  const silent = electorate.map((it) => answers.get(it)).find((it) => it?.kind === 'silent');
  return silent?.says ?? phrase('the others are silent.');
}
