import type { InstanceKey } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import { replicasOf, type Topology } from '../../model/topology.ts';
import type { Answer } from './ask-replicas-about-master.ts';

/** Whoever was asked reads again, but for those whose receiver could not be restarted. */
export function runningAgain(
  topology: Topology,
  master: InstanceKey,
  answer: Exclude<Answer, { kind: 'lost' }>,
): readonly InstanceKey[] {
  const stuck = answer.kind === 'lives' ? [] : answer.stuck;
  return replicasOf(topology, master)
    .map((it) => it.key)
    .filter((it) => !stuck.includes(it));
}

/** Why nothing follows from what the replicas told. */
export function whyNot(answer: Exclude<Answer, { kind: 'lost' }>): readonly Phrase[] {
  if (answer.kind === 'lives') {
    return [phrase('{instance} still gets through to it.', { instance: answer.witness })];
  }
  const { instances, stuck, several } = answer;
  return [
    ...(instances.length === 0
      ? []
      : [
          phrase(
            '{instances} cannot be asked: the applier is stopped, and what was received would be lost.',
            { instances: instances.join(', ') },
          ),
        ]),
    ...(several.length === 0
      ? []
      : [
          phrase('{instances} cannot be asked: it reads from several sources.', {
            instances: several.join(', '),
          }),
        ]),
    ...(stuck.length === 0
      ? []
      : [
          phrase('{instances} cannot be asked: the receiver could not be restarted.', {
            instances: stuck.join(', '),
          }),
        ]),
  ];
}
