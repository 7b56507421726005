import type { InstanceKey, Server } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import { warned } from '../planning-context.ts';

/** Warns where a new password is written into the binary log as it is, for all who may read that. */
export function plainPasswordCheck(
  instance: InstanceKey,
  server: Server | undefined,
): readonly Check[] {
  return server?.refusesPasswordHashes === true && server.binlog
    ? [
        warned(
          phrase('The binary log of {instance} gets only the hash of the password', { instance }),
          phrase(
            'a plug-in checks passwords there and refuses hashes: the log gets the password in plain text, unless you switch strict_password_validation off meanwhile',
          ),
        ),
      ]
    : [];
}
