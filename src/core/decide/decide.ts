import { alive, answered } from '../model/instance.ts';
import type { Decision, Wish } from '../model/plan.ts';
import { memberOf, type Member } from '../model/topology.ts';
import { hold, type RejoinGround } from './ground.ts';
import { planFailover } from './plan-failover.ts';
import { planRejoin } from './plan-rejoin.ts';
import { planSwitchover } from './plan-switchover.ts';

/** Answers a person's wish with a plan, or with the reasons why not. */
export function decide(wish: Wish, ground: RejoinGround): Decision {
  const { topology } = ground;
  const subject = memberOf(topology, wish.instance);
  const master = memberOf(topology, topology.master);
  if (subject === undefined) {
    return hold(
      `${wish.instance} is not an instance of ${topology.cluster}.`,
      'Name one that the topology shows.',
    );
  }
  if (master === undefined) {
    return hold(
      `No master of ${topology.cluster} is known.`,
      'Check that at least one instance answers.',
    );
  }
  switch (wish.kind) {
    case 'promote':
      return promote(ground, master, subject, wish.acceptLoss);
    case 'rejoin':
      return planRejoin(ground, master, subject);
    default:
      return wish satisfies never;
  }
}

function promote(
  ground: RejoinGround,
  master: Member,
  subject: Member,
  acceptLoss: boolean,
): Decision {
  if (subject.key === master.key) {
    return hold(`${subject.key} is the master already.`, 'Choose one of its replicas.');
  }
  if (answered(master) !== undefined) {
    return planSwitchover(ground, master, subject);
  }
  if (alive(master)) {
    const says = master.probe.kind === 'silent' ? master.probe.says : '';
    return hold(
      `${master.key} lives but does not let us in: ${says}`,
      'Mend our access to it: a living master is never passed over.',
    );
  }
  return planFailover(ground, master, subject, acceptLoss);
}
