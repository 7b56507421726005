import { describeUnheard, unheardAcknowledgers } from '../../decide/acknowledgement.ts';
import { asReplicaOf } from '../../decide/interrupted-promotions.ts';
import { gapsOf } from '../../decide/candidates/completeness.ts';
import type { OwnTransactions } from '../../decide/planning-context.ts';
import { alive, answered, type InstanceKey } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Expectation } from '../../model/plan.ts';
import type { Position } from '../../model/position.ts';
import { memberOf, replicasOf, type Topology } from '../../model/topology.ts';

/** What looking at a cluster again needs. */
export interface LookPorts {
  readonly look: (signal: AbortSignal) => Promise<{ readonly topology: Topology }>;
  readonly highWater: () => ReadonlyMap<InstanceKey, Position>;
  readonly own: (
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
  ) => Promise<OwnTransactions>;
}

/** Says why what a plan was made for is no longer so; null when it still is. */
export async function lookAgain(
  looker: LookPorts,
  expect: Expectation,
  signal: AbortSignal,
): Promise<Phrase | null> {
  const { topology } = await looker.look(signal);
  switch (expect.that) {
    case 'candidate-complete':
      return candidateObjection(topology, expect, looker.highWater());
    case 'nothing-of-its-own': {
      const own = await looker.own(topology, expect.instance, signal);
      return own.kind === 'none'
        ? null
        : own.kind === 'some'
          ? phrase('It has {list}.', { list: own.list.join(', ') })
          : own.because;
    }
    default:
      return expect satisfies never;
  }
}

/** The candidate may read from another replica by now: it is judged as the replica of the dead master that it was. */
function candidateObjection(
  now: Topology,
  expect: Extract<Expectation, { that: 'candidate-complete' }>,
  highWater: ReadonlyMap<InstanceKey, Position>,
): Phrase | null {
  const topology = asReplicaOf(now, expect.candidate, expect.master);
  const master = memberOf(topology, expect.master);
  const candidate = memberOf(topology, expect.candidate);
  if (master !== undefined && alive(master)) {
    return phrase('{instance} is back.', { instance: master.key });
  }
  const hearing = replicasOf(topology, expect.master).find(
    (it) => answered(it)?.channels[0]?.receiver === 'yes',
  );
  if (hearing !== undefined) {
    return phrase('{instance} hears from {master} again.', {
      instance: hearing.key,
      master: expect.master,
    });
  }
  if (candidate === undefined || answered(candidate) === undefined) {
    return phrase('{instance} is silent.', { instance: expect.candidate });
  }
  if (expect.acceptLoss) {
    return null;
  }
  const unheard = master === undefined ? undefined : unheardAcknowledgers(topology, master);
  if (unheard !== undefined) {
    return describeUnheard(unheard);
  }
  const suppliers = topology.members.filter((it) => expect.suppliers.includes(it.key));
  const [gap] = gapsOf(topology, candidate, highWater, suppliers);
  return gap === undefined
    ? null
    : phrase('{holder} holds more: {ranges}.', {
        holder: gap.holder,
        ranges: gap.ranges.join(', '),
      });
}
