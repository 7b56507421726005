import type { Phrase } from '../../core/model/phrase.ts';
import type { Action } from '../../core/model/plan.ts';
import { verifyClosable } from './verify-closable.ts';
import { verifyOpen } from './verify-open.ts';
import { verifyWrite } from './verify-write.ts';
import { type Waiting, waitUntilApplied, waitUntilReplicating } from './waiting.ts';

/** Changes nothing but a row of our own: it ends when something is so, or says why it is not. */
const looks = [
  'wait-until-applied',
  'verify-replicating',
  'verify-open',
  'verify-write',
  'verify-closable',
] as const;
type Look = Extract<Action, { readonly do: (typeof looks)[number] }>;

export function isLook(action: Action): action is Look {
  return looks.some((it) => it === action.do);
}

/** What was found, one sentence. `ownUser`: whose sessions are ours. Throws ReplicationError. */
export function lookedAt(action: Look, waiting: Waiting, ownUser: string): Promise<Phrase> {
  switch (action.do) {
    case 'wait-until-applied':
      return waitUntilApplied(waiting);
    case 'verify-replicating':
      return waitUntilReplicating(action.source, waiting);
    case 'verify-open':
      return verifyOpen(waiting, action.before);
    case 'verify-write':
      return verifyWrite(waiting, action.cluster, ownUser);
    case 'verify-closable':
      return verifyClosable(waiting, ownUser);
    default:
      return action satisfies never;
  }
}
