import type { ClusterState } from '../core/backend.ts';
import { alive, answered, type InstanceKey } from '../core/model/instance.ts';
import { phrase, type Phrase } from '../core/model/phrase.ts';
import { memberOf, type Member } from '../core/model/topology.ts';
import { runningNow } from './recovery-now.ts';

export type ContainerAction = 'start' | 'stop' | 'restart' | 'pause' | 'unpause';

export interface ContainerQuestionGround {
  readonly environment: 'lab' | 'staging' | 'production';
  readonly mode: 'manage' | 'observe';
}

/** What comes before an action on a container. */
export type BeforeContainerAction =
  | { readonly kind: 'go' }
  | {
      readonly kind: 'ask';
      readonly question: Phrase;
      readonly detail: Phrase;
      readonly confirm: Phrase;
    }
  | { readonly kind: 'refuse'; readonly says: Phrase };

const go: BeforeContainerAction = { kind: 'go' };

/** Whether an action may be done at once, is asked about first, or is refused; with what will happen. */
export function beforeContainerAction(
  action: ContainerAction,
  instance: InstanceKey,
  state: ClusterState,
  { environment, mode }: ContainerQuestionGround,
): BeforeContainerAction {
  const { cluster } = state.topology;
  if (mode === 'observe') {
    const says = phrase(
      '{cluster} is only observed: set its mode to manage to change its containers.',
      {
        cluster,
      },
    );
    return { kind: 'refuse', says };
  }
  if (runningNow(state) !== null) {
    const says = phrase('A plan runs in {cluster}: wait until it has ended.', { cluster });
    return { kind: 'refuse', says };
  }
  const member = memberOf(state.topology, instance);
  if (environment === 'lab' || member === undefined) {
    return go;
  }
  const comesBack = action === 'start' || action === 'unpause';
  return comesBack ? beforeReturn(member, state) : beforeLoss(action, member, state);
}

/** A master that was replaced comes back as it was left. */
function beforeReturn(member: Member, { topology, watch }: ClusterState): BeforeContainerAction {
  const master = memberOf(topology, topology.master);
  const isOther = master !== undefined && master.key !== member.key && alive(master);
  if (!isOther || member.lastAnswer?.server.readOnly !== false) {
    return go;
  }
  const values = { instance: member.key, master: master.key };
  const isWatched = watch?.controller !== null && watch?.controller !== undefined;
  return {
    kind: 'ask',
    question: phrase('Start the container of {instance}?', values),
    detail: isWatched
      ? phrase(
          '{instance} took writes when it was last seen, and {master} is the master now. It may take writes for a moment, until the watch closes it.',
          values,
        )
      : phrase(
          '{instance} took writes when it was last seen, and {master} is the master now. Nobody keeps the watch, so that it may take writes until it is rejoined as a replica.',
          values,
        ),
    confirm: phrase('Start Container'),
  };
}

const questions: Record<
  'stop' | 'restart' | 'pause',
  { readonly ask: (values: { instance: string }) => Phrase; readonly confirm: Phrase }
> = {
  stop: {
    ask: (values) => phrase('Stop the container of the master {instance}?', values),
    confirm: phrase('Stop Container'),
  },
  restart: {
    ask: (values) => phrase('Restart the container of the master {instance}?', values),
    confirm: phrase('Restart Container'),
  },
  pause: {
    ask: (values) => phrase('Pause the container of the master {instance}?', values),
    confirm: phrase('Pause Container'),
  },
};

function beforeLoss(
  action: 'stop' | 'restart' | 'pause',
  member: Member,
  { topology, watch }: ClusterState,
): BeforeContainerAction {
  if (member.key !== topology.master || answered(member) === undefined) {
    return go;
  }
  const { ask, confirm } = questions[action];
  const isArmed =
    watch?.armed === true && watch.controller !== null && watch.downtimes.length === 0;
  const values = { instance: member.key };
  return {
    kind: 'ask',
    question: ask(values),
    detail: isArmed
      ? phrase(
          'Applications cannot write to {instance} any more. Automatic failover is armed: a replica will be promoted in its place.',
          values,
        )
      : phrase(
          'Applications cannot write until {instance} runs again or you promote a replica: automatic failover does not act here.',
          values,
        ),
    confirm,
  };
}
