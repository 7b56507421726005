import { answered } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Check, Decision, Stage } from '../../model/plan.ts';
import type { Recovery } from '../../model/recovery.ts';
import { memberOf, replicasOf, type Member } from '../../model/topology.ts';
import { modeCheck } from '../candidates/candidate-checks.ts';
import { startReplication } from '../steps/drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { check, hold, holdOn, type PlanningContext } from '../planning-context.ts';
import { resumeEvents } from '../steps/move-events.ts';
import { hasStoppedChannel } from '../receivers-we-stopped.ts';
import { budgetOf, draft, number, type Draft } from '../steps/steps.ts';

/**
 * Takes back what a plan left behind that was cut short before its new master opened: replication runs again wherever
 * it was stopped without an error, and the old master, where it lives, takes writes again. Not while the one that was
 * to be opened is silent: it may be open.
 */
export function planRestore(context: PlanningContext, cutShort: Recovery): Decision {
  const master = memberOf(context.topology, cutShort.oldMaster);
  const candidate = memberOf(context.topology, cutShort.newMaster);
  if (master === undefined || candidate === undefined) {
    return hold(
      phrase('The instances of the plan that was cut short are not all known.'),
      phrase('Look at the topology, and promote or rejoin by hand.'),
    );
  }
  const checks = checksOf(context, master, candidate);
  const refused = holdOn(checks, [phrase('It is looked at again in the next round.')]);
  if (refused !== undefined) {
    return refused;
  }
  const stages = stagesOf(context, master, cutShort);
  return {
    kind: 'act',
    plan: {
      kind: 'restore',
      cluster: context.topology.cluster,
      subject: master.key,
      oldMaster: null,
      newMaster: master.key,
      headline: phrase('Take back what was begun: {master} stays the master', {
        master: master.key,
      }),
      checks,
      stages,
      effects: {
        writeStop: phrase('Writes on {master} begin again.', { master: master.key }),
        mayLose: [],
        leftBehind: [],
        undo: phrase('Not needed: this takes back.'),
      },
      fingerprint: fingerprintOf(context.topology),
      budgetMs: Math.max(1, budgetOf(stages)),
    },
  };
}

/** True when there is something to take back. */
export function leftUndone(context: PlanningContext, cutShort: Recovery): boolean {
  const master = memberOf(context.topology, cutShort.oldMaster);
  return (
    master !== undefined &&
    answered(master) !== undefined &&
    unchallenged(context, master) &&
    (wasClosed(cutShort, master) ||
      wasQuieted(context, cutShort, master) ||
      replicasOf(context.topology, master.key).some(hasStoppedChannel))
  );
}

function checksOf(context: PlanningContext, master: Member, candidate: Member): readonly Check[] {
  const server = answered(candidate);
  return [
    modeCheck(context),
    check(
      answered(master) !== undefined,
      phrase('{instance} answers', { instance: master.key }),
      silence(master),
    ),
    check(
      unchallenged(context, master),
      phrase('{instance} is still the master', { instance: master.key }),
      phrase('master {master}', { master: context.topology.master ?? '-' }),
    ),
    check(
      server?.readOnly === true,
      phrase('{instance} is closed', { instance: candidate.key }),
      server === undefined
        ? silence(candidate)
        : server.readOnly
          ? phrase('read-only')
          : phrase('writable'),
    ),
  ];
}

/** Nobody replaced it since: it is the top of the tree, reads from nobody, and nobody else takes writes. */
function unchallenged({ topology }: PlanningContext, master: Member): boolean {
  const others = topology.members.filter((it) => it.key !== master.key);
  return (
    topology.master === master.key &&
    master.source === null &&
    others.every((it) => answered(it)?.readOnly !== false)
  );
}

function silence(member: Member): Phrase {
  return member.probe.kind === 'silent' ? member.probe.says : phrase('it answers');
}

/** Read-only because the plan made it so, and not because somebody else did. */
function wasClosed(cutShort: Recovery, master: Member): boolean {
  const closing = cutShort.steps.some((it) => it.on === master.key && it.startedAt !== null);
  return cutShort.kind === 'switchover' && closing && answered(master)?.readOnly === true;
}

/** Its events stopped because the plan stopped them. */
function wasQuieted(context: PlanningContext, cutShort: Recovery, master: Member): boolean {
  const server = answered(master);
  const stopping = context.spell({ do: 'switch-event-scheduler', on: false }, server).join();
  const stopped = cutShort.steps.some(
    (it) => it.on === master.key && it.startedAt !== null && it.sql.join() === stopping,
  );
  return cutShort.kind === 'switchover' && stopped && server?.eventScheduler === false;
}

function stagesOf(context: PlanningContext, master: Member, cutShort: Recovery): readonly Stage[] {
  const replicas = replicasOf(context.topology, master.key);
  return number([
    {
      title: phrase('Let replication run again'),
      lanes: replicas.filter(hasStoppedChannel).map((it) => [startReplication(context, it.key)]),
      onFailure: 'report',
    },
    {
      title: phrase('Open {instance} again', { instance: master.key }),
      lanes: wasClosed(cutShort, master) ? [[reopen(context, master)]] : [],
      onFailure: 'report',
    },
    {
      title: phrase('Let the events run on {instance}', { instance: master.key }),
      lanes: wasQuieted(context, cutShort, master) ? [[resumeEvents(context, master.key)]] : [],
      onFailure: 'report',
    },
  ]);
}

function reopen(context: PlanningContext, { key }: Member): Draft {
  const says = phrase('Open {instance} for writes.', { instance: key });
  return draft(context, key, { do: 'set-writable' }, { says });
}
