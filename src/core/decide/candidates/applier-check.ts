import type { Channel } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { failed, passed } from '../planning-context.ts';

/** Received transactions that cannot be applied would be lost with the relay log. */
export function applierCheck(candidate: Member, channel: Channel): Check {
  const says = phrase('{instance} can apply what it received', { instance: candidate.key });
  const { applierError } = channel;
  return applierError === null
    ? passed(says, phrase('applier {applier}', { applier: channel.applier }))
    : failed(
        says,
        phrase('its applier stopped with error {code}: {message}', {
          code: applierError.code,
          message: applierError.message,
        }),
      );
}
