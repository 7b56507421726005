import { alive, answered } from '../model/instance.ts';
import type { Decision, Wish } from '../model/plan.ts';
import { phrase } from '../model/phrase.ts';
import { memberOf, type Member } from '../model/topology.ts';
import { withBegunSuccessors } from './begun-successors.ts';
import { groupObjection } from './spare-groups.ts';
import { hold, type RejoinGround } from './ground.ts';
import { hasStoppedChannel } from './own-stops.ts';
import { planCreateUser } from './plan-create-user.ts';
import { planCreateUserAlone } from './plan-create-user-alone.ts';
import { planFailover } from './plan-failover.ts';
import { planRejoin } from './plan-rejoin.ts';
import { planRelocate } from './plan-relocate.ts';
import { planSwitchover } from './plan-switchover.ts';

/** Answers a person's wish with a plan, or with the reasons why not. */
export function decide(
  wish: Exclude<Wish, { readonly kind: 'fix' | 'end-session' }>,
  ground: RejoinGround,
): Decision {
  const { topology } = ground;
  const subject = memberOf(topology, wish.instance);
  const master = memberOf(topology, topology.master);
  if (subject === undefined) {
    return hold(
      phrase('{instance} is not an instance of {cluster}.', {
        instance: wish.instance,
        cluster: topology.cluster,
      }),
      phrase('Name one that the topology shows.'),
    );
  }
  if (master === undefined) {
    return hold(
      phrase('No master of {cluster} is known.', { cluster: topology.cluster }),
      phrase('Check that at least one instance answers.'),
    );
  }
  const objection = groupObjection(wish.kind, subject, master);
  if (objection !== undefined) {
    return objection;
  }
  switch (wish.kind) {
    case 'promote':
      return promote(ground, master, subject, wish.acceptLoss);
    case 'rejoin':
      return planRejoin(ground, master, subject);
    case 'relocate':
      return relocate(ground, subject, wish.below);
    case 'create-user':
      return subject.key === master.key
        ? planCreateUser(ground, master, wish)
        : planCreateUserAlone(ground, subject, wish);
    default:
      return wish satisfies never;
  }
}

function relocate(ground: RejoinGround, subject: Member, source: string): Decision {
  const below = memberOf(ground.topology, source);
  // One that stands there, as a relocation leaves it that was cut short, is told anew to read.
  if (below !== undefined && subject.source === below.key && !hasStoppedChannel(subject)) {
    return hold(
      phrase('{instance} reads from {source} already.', {
        instance: subject.key,
        source: below.key,
      }),
      phrase('Choose another source.'),
    );
  }
  return below === undefined
    ? hold(
        phrase('{instance} is not an instance of {cluster}.', {
          instance: source,
          cluster: ground.topology.cluster,
        }),
        phrase('Name one that the topology shows.'),
      )
    : planRelocate(ground, {
        moved: [subject],
        below,
        subject: subject.key,
        headline: phrase('Move {instance} below {source}', {
          instance: subject.key,
          source: below.key,
        }),
        leftBehind: [],
      });
}

function promote(
  ground: RejoinGround,
  master: Member,
  subject: Member,
  acceptLoss: boolean,
): Decision {
  if (subject.key === master.key) {
    return hold(
      phrase('{instance} is the master already.', { instance: subject.key }),
      phrase('Choose one of its replicas.'),
    );
  }
  if (answered(master) !== undefined) {
    return planSwitchover(ground, master, subject);
  }
  if (alive(master)) {
    const because = master.probe.kind === 'silent' ? master.probe.says : '';
    return hold(
      phrase('{instance} lives but does not let us in: {because}', {
        instance: master.key,
        because,
      }),
      phrase('Mend our access to it: a living master is never passed over.'),
    );
  }
  const begun = withBegunSuccessors(ground);
  const candidate = memberOf(begun.topology, subject.key) ?? subject;
  return planFailover(begun, master, candidate, acceptLoss);
}
