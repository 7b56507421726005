import { errantOf } from '../../model/errant.ts';
import { answered, olderSeries, type InstanceKey, type Server } from '../../model/instance.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import type { Check, Decision, Effects, Place } from '../../model/plan.ts';
import { memberOf, type Member, type Topology } from '../../model/topology.ts';
import { binlogCheck, modeCheck } from '../candidates/candidate-checks.ts';
import { mark, stopReplication, waitForMark } from '../steps/drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { followLane, placesByGtid } from '../steps/follow.ts';
import { check, failed, holdOn, passed, type PlanningContext } from '../planning-context.ts';
import { keptLogsCheck } from '../candidates/kept-logs-check.ts';
import { demandChecks } from '../candidates/source-demands.ts';
import { budgetOf, draft, number, type Draft, type DraftStage } from '../steps/steps.ts';
import { sourceNameChecks } from '../candidates/name-limit-checks.ts';

/** Who is moved, below whom, and how the plan is told. */
export interface Relocation {
  readonly moved: readonly Member[];
  readonly below: Member;
  /** The instance the plan is about. */
  readonly subject: InstanceKey;
  readonly headline: Phrase;
  readonly leftBehind: Effects['leftBehind'];
}

/** Lets replicas read from another source, by GTID. The master and its writes are not touched. */
export function planRelocate(context: PlanningContext, relocation: Relocation): Decision {
  const { moved, below, subject, headline, leftBehind } = relocation;
  const checks = [
    modeCheck(context),
    ...sourceChecks(below),
    ...moved.flatMap((it) => moveChecks(context, it, below)),
  ];
  const refused = holdOn(checks, [
    phrase('Choose another source, or mend what the failed checks name.'),
  ]);
  if (refused !== undefined) {
    return refused;
  }
  const stages = number(stagesOf(context, moved, below));
  return {
    kind: 'act',
    plan: {
      kind: 'relocate',
      cluster: context.topology.cluster,
      subject,
      oldMaster: null,
      newMaster: below.key,
      headline,
      checks,
      stages,
      effects: {
        writeStop: phrase('Writes go on: no master is touched.'),
        mayLose: [],
        leftBehind,
        undo: phrase('By hand: move them back below their old source.'),
      },
      fingerprint: fingerprintOf(context.topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function sourceChecks(below: Member): readonly Check[] {
  const server = answered(below);
  if (server === undefined) {
    return [
      failed(
        phrase('{instance} answers', { instance: below.key }),
        below.probe.kind === 'silent' ? below.probe.says : plain(below.key),
      ),
    ];
  }
  return [
    binlogCheck(below.key, server, plain(`log_bin ${server.binlog ? 'ON' : 'OFF'}`)),
    check(
      below.source === null || server.logsReplicaUpdates,
      phrase('{instance} logs what it replicates', { instance: below.key }),
      plain(`log_replica_updates ${server.logsReplicaUpdates ? 'ON' : 'OFF'}`),
    ),
  ];
}

/** What one instance must be to be moved below another. */
export function moveChecks(
  context: PlanningContext,
  member: Member,
  below: Member,
): readonly Check[] {
  const server = answered(member);
  const source = answered(below);
  const instance = member.key;
  if (server === undefined) {
    const says = member.probe.kind === 'silent' ? member.probe.says : plain(instance);
    return [failed(phrase('{instance} answers', { instance }), says)];
  }
  return [
    check(
      member.role !== 'master' && member.source !== null,
      phrase('{instance} is a replica', { instance }),
      member.source === null ? phrase('it reads from nobody') : plain(member.source),
    ),
    check(
      !leadsTo(context.topology, below, instance),
      phrase('{source} does not read from {instance}', { source: below.key, instance }),
      below.source === null
        ? phrase('it reads from nobody')
        : phrase('it reads from {source}', { source: below.source }),
    ),
    ...sourceNameChecks([member], below),
    ...(source === undefined ? [] : pairChecks(context, { member, below, server, source })),
  ];
}

function pairChecks(
  context: PlanningContext,
  pair: {
    readonly member: Member;
    readonly below: Member;
    readonly server: Server;
    readonly source: Server;
  },
): readonly Check[] {
  const { member, below, server, source } = pair;
  const names = { instance: member.key, source: below.key };
  const byGtid =
    placesByGtid(context, [member.key, below.key]) && server.gtid.kind === source.gtid.kind;
  return [
    check(
      !olderSeries(server, source),
      phrase('{instance} can follow {source}', names),
      phrase('{version} reads from {other}', { version: server.version, other: source.version }),
    ),
    check(
      byGtid,
      phrase('{instance} finds its place by GTID', { instance: member.key }),
      byGtid ? phrase('by GTID') : phrase('no GTID on both'),
    ),
    ...keptLogsCheck(below, member),
    ...demandChecks(context, below, [member], 'refuse'),
    ownCheck(context, member, server),
  ];
}

/** Measured against the master: it has everything that anybody else may have. */
function ownCheck({ topology }: PlanningContext, member: Member, server: Server): Check {
  const says = phrase('{instance} has no transactions of its own', { instance: member.key });
  const master = answered(memberOf(topology, topology.master));
  const errant = master === undefined ? undefined : errantOf(server, master, 5);
  if (errant === undefined || errant.count === 0) {
    return passed(says, phrase('none'));
  }
  const values = { count: errant.count, list: errant.list.join(', ') };
  return failed(says, phrase('{count}: {list}', values));
}

/** True when an instance reads, over however many others, from `top`, or is it. */
function leadsTo(topology: Topology, from: Member, top: InstanceKey): boolean {
  const seen = new Set<InstanceKey>();
  let at: Member | undefined = from;
  while (at !== undefined && !seen.has(at.key)) {
    if (at.key === top) {
      return true;
    }
    seen.add(at.key);
    at = memberOf(topology, at.source);
  }
  return false;
}

function stagesOf(
  context: PlanningContext,
  moved: readonly Member[],
  below: Member,
): readonly DraftStage[] {
  const place: Place = { by: 'gtid', adopt: false };
  const source = below.key;
  return [
    {
      title: phrase('Wait until {source} has what they have', { source }),
      lanes: moved.map((it) => catchUp(context, it, below)),
      onFailure: 'undo',
    },
    {
      title: phrase('Let them follow {source}', { source }),
      lanes: moved.map((it) =>
        followLane(context, it, { source, place, withCredentials: false }).filter(
          (step) => step.action.do !== 'stop-replication',
        ),
      ),
      onFailure: 'report',
    },
  ];
}

/** A source that is itself a replica may be behind the one that it gets, and would turn it away. */
function catchUp(context: PlanningContext, { key }: Member, below: Member): readonly Draft[] {
  const at = `at ${key}`;
  return [
    draft(
      context,
      key,
      { do: 'stop-replication' },
      { says: stopReplication(key), undo: { do: 'start-replication' } },
    ),
    ...(below.source === null
      ? []
      : [mark(context, key, at, 'executed'), waitForMark(context, below.key, at, key)]),
  ];
}
