import type { Phrase } from '../../core/model/phrase.ts';
import type { Action } from '../../core/model/plan.ts';
import { verifyClosable } from './verify-closable.ts';
import { verifyOpen } from './verify-open.ts';
import { type Waiting, waitUntilApplied, waitUntilReplicating } from './waiting.ts';

/** Changes nothing: it ends when something is so, or says why it is not. */
type Look = Extract<
  Action,
  { readonly do: 'wait-until-applied' | 'verify-replicating' | 'verify-open' | 'verify-closable' }
>;

export function isLook(action: Action): action is Look {
  return ['wait-until-applied', 'verify-replicating', 'verify-open', 'verify-closable'].includes(
    action.do,
  );
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
    case 'verify-closable':
      return verifyClosable(waiting, ownUser);
    default:
      return action satisfies never;
  }
}
