import { alive, answered } from '../model/instance.ts';
import type { Decision, Wish } from '../model/plan.ts';
import { phrase } from '../model/phrase.ts';
import { memberOf, type Member } from '../model/topology.ts';
import { withBegunSuccessors } from './interrupted-promotions.ts';
import { groupObjection } from './spare-groups.ts';
import { hold, type RejoinContext } from './planning-context.ts';
import { hasStoppedChannel } from './receivers-we-stopped.ts';
import { planCreateUser } from './plans/plan-create-user.ts';
import { planCreateUserAlone } from './plans/plan-create-user-alone.ts';
import { planFailover } from './plans/plan-failover.ts';
import { planRejoin } from './plans/plan-rejoin.ts';
import { planRelocate } from './plans/plan-relocate.ts';
import { planSwitchover } from './plans/plan-switchover.ts';

/** Answers a person's wish with a plan, or with the reasons why not. */
export function decide(
  wish: Exclude<Wish, { readonly kind: 'fix' | 'end-session' }>,
  context: RejoinContext,
): Decision {
  const { topology } = context;
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
      return promote(context, master, subject, wish.acceptLoss);
    case 'rejoin':
      return planRejoin(context, master, subject);
    case 'relocate':
      return relocate(context, subject, wish.below);
    case 'create-user':
      return subject.key === master.key
        ? planCreateUser(context, master, wish)
        : planCreateUserAlone(context, subject, wish);
    default:
      return wish satisfies never;
  }
}

function relocate(context: RejoinContext, subject: Member, source: string): Decision {
  const below = memberOf(context.topology, source);
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
          cluster: context.topology.cluster,
        }),
        phrase('Name one that the topology shows.'),
      )
    : planRelocate(context, {
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
  context: RejoinContext,
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
    return planSwitchover(context, master, subject);
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
  const begun = withBegunSuccessors(context);
  const candidate = memberOf(begun.topology, subject.key) ?? subject;
  return planFailover(begun, master, candidate, acceptLoss);
}
