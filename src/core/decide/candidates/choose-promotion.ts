import { answered, type InstanceKey, type Server } from '../../model/instance.ts';
import { listOmissions, unacceptedOf } from '../../model/omissions.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import { replicasOf, type Member } from '../../model/topology.ts';
import { errantAmong } from './completeness.ts';
import { hostFilterFor } from '../filters.ts';
import type { PlanningContext } from '../planning-context.ts';
import { hindranceOn, isOffline, unopenable } from './openness.ts';
import { readinessRank } from './readiness.ts';
import { hasSeveralSources } from '../several-sources.ts';
import { leftOutBy } from './omission-checks.ts';
import { supplyFor } from '../steps/supply.ts';
import { twinOf } from './twins.ts';
import { mayStayUnapplied } from './unapplied.ts';

/** A replica that is not promoted by itself, and why. */
export interface Excluded {
  readonly instance: InstanceKey;
  readonly because: Phrase;
}

export type Promotion =
  | { readonly kind: 'chosen'; readonly candidate: Member; readonly excluded: readonly Excluded[] }
  | { readonly kind: 'none'; readonly excluded: readonly Excluded[] };

/**
 * Who takes over from a dead master: a replica that holds everything any other is known to hold, or can read the rest
 * from one that answers. Positions are only partly ordered, so nothing is sorted by them: whoever lacks something that
 * nobody can give it is out. Among the rest rules and versions choose.
 */
export function choosePromotion(context: PlanningContext, master: Member): Promotion {
  const replicas = replicasOf(context.topology, master.key);
  const judged = replicas.map((member) => ({ member, because: objectionTo(context, member) }));
  const excluded = judged.flatMap(({ member, because }) =>
    because === undefined ? [] : [{ instance: member.key, because }],
  );
  const [candidate] = judged
    .filter((it) => it.because === undefined)
    .map((it) => it.member)
    .toSorted((a, b) => compare(rank(context, a), rank(context, b)) || (a.key < b.key ? -1 : 1));
  return candidate === undefined
    ? { kind: 'none', excluded }
    : { kind: 'chosen', candidate, excluded };
}

function objectionTo(context: PlanningContext, member: Member): Phrase | undefined {
  const server = answered(member);
  if (server === undefined) {
    return member.probe.kind === 'silent' ? member.probe.says : plain(member.key);
  }
  return (
    ruledOut(context, member) ??
    unfit(context, server) ??
    hindered(context, member) ??
    severalSources(member) ??
    twin(context, member) ??
    errant(context, member) ??
    incomplete(context, member)
  );
}

function ruledOut({ policy }: PlanningContext, { key }: Member): Phrase | undefined {
  if (policy.promotionRules[key] === 'must-not') {
    return phrase('its promotion rule is must-not');
  }
  const filter = hostFilterFor(key, policy.ignoreHostFilters);
  return filter === undefined
    ? undefined
    : phrase('promotionIgnoreHostnameFilters names it: {filter}', { filter });
}

function unfit({ policy }: PlanningContext, server: Server): Phrase | undefined {
  const [channel] = server.channels;
  if (!server.binlog) {
    return phrase('it writes no binary log');
  }
  if (!server.logsReplicaUpdates) {
    return phrase('it does not log what it replicates');
  }
  const omissions = unacceptedOf(server, policy);
  if (omissions.length > 0) {
    return leftOutBy(listOmissions(omissions));
  }
  const closed = unopenable(server);
  if (closed !== undefined) {
    return closed;
  }
  const error = channel?.applierError ?? null;
  return error === null
    ? undefined
    : phrase('its applier stopped with error {code}: {message}', {
        code: error.code,
        message: error.message,
      });
}

/** Under some locks no server becomes a master. */
function hindered(context: PlanningContext, member: Member): Phrase | undefined {
  const hindrance = hindranceOn(context, member);
  return hindrance?.keepsOut === 'promotion' ? hindrance.says : undefined;
}

function severalSources(member: Member): Phrase | undefined {
  return hasSeveralSources(member) ? phrase('it reads from several sources') : undefined;
}

function twin({ topology }: PlanningContext, member: Member): Phrase | undefined {
  const other = twinOf(topology, member);
  return other === undefined
    ? undefined
    : phrase('it has the same server_id or server_uuid as {twin}', { twin: other });
}

/** What nobody else holds would become everybody's if its holder were promoted. */
function errant({ topology }: PlanningContext, member: Member): Phrase | undefined {
  const ranges = errantAmong(topology, member);
  return ranges.length === 0
    ? undefined
    : phrase('it has transactions of its own: {ranges}', { ranges: ranges.join(', ') });
}

function incomplete(context: PlanningContext, member: Member): Phrase | undefined {
  const [gap] = supplyFor(context, member).gaps;
  return gap === undefined || context.policy.onPossibleLoss === 'report'
    ? undefined
    : phrase('{holder} also holds {ranges}', { holder: gap.holder, ranges: gap.ranges.join(', ') });
}

/**
 * Less is better, the first difference counts: complete, then applied where the settings may not wait for it, then known to
 * log everything, then soon ready, then complete without reading from others, then preferred, then of the oldest release, which all others can
 * follow, then the co-master, which was kept for this.
 */
function rank(context: PlanningContext, member: Member): readonly number[] {
  const preferred = context.policy.promotionRules[member.key] === 'prefer' ? 0 : 1;
  const { gaps, suppliers } = supplyFor(context, member);
  const [major = 0, minor = 0] = answered(member)?.release ?? [];
  const kept = member.role === 'co-master' ? 0 : 1;
  const unapplied = mayStayUnapplied(context, member) ? 1 : 0;
  return [
    gaps.length,
    unapplied,
    keepsClientsOut(context, member) ? 1 : 0,
    hidesLogFilters(member) ? 1 : 0,
    ...readinessRank(member),
    suppliers.length,
    preferred,
    major,
    minor,
    kept,
  ];
}

/** Taken offline, or under a lock on the whole server. */
function keepsClientsOut(context: PlanningContext, member: Member): boolean {
  return isOffline(member) || hindranceOn(context, member) !== undefined;
}

function hidesLogFilters(member: Member): boolean {
  return answered(member)?.unknownLogFilters === true;
}

/** Of two lists of the same length. */
function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((it, index) => it !== b[index]);
  return place === -1 ? 0 : (a[place] ?? 0) - (b[place] ?? 0);
}

/** Why there is nobody, one sentence for each that is left out. */
export function reasonsOf(excluded: readonly Excluded[]): readonly Phrase[] {
  return [
    phrase('No replica can take over.'),
    ...excluded.map((it) =>
      phrase('{instance} is left out: {because}', { instance: it.instance, because: it.because }),
    ),
  ];
}
