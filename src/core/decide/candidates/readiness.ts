import { answered, type Channel, type InstanceKey, type Server } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { UnappliedPolicy } from '../../model/policy.ts';
import { whatLacks } from '../../model/position.ts';
import { executedOf, hasUnapplied, knownOf } from '../../model/server-position.ts';
import type { Member } from '../../model/topology.ts';
import { mark, waitForMark } from '../steps/drafts.ts';
import { failed, warned, type PlanningContext } from '../planning-context.ts';
import { draft, type Draft, type DraftStage } from '../steps/steps.ts';

/** What stands between a replica and its opening. */
export interface Readiness {
  /** The delay that what it received still waits for; 0 for none. */
  readonly waitsSeconds: number;
  /** A delay is configured, whether anything waits for it or not. */
  readonly delayed: boolean;
  /** Transactions that it received and did not apply; null where they cannot be counted. */
  readonly unapplied: number | null;
}

/** How long a delayed candidate may take to catch up while the master still takes writes, in milliseconds. */
const catchUpMs = 300_000;

/** Fewer transactions than this are applied in a moment, so nothing is chosen by them. */
const manyTransactions = 10_000;

export function readinessOf(server: Server): Readiness {
  const delaySeconds = server.channels[0]?.delaySeconds ?? 0;
  const left = hasUnapplied(server);
  return {
    waitsSeconds: left ? delaySeconds : 0,
    delayed: delaySeconds > 0,
    unapplied: left ? countOfUnapplied(server) : 0,
  };
}

function countOfUnapplied(server: Server): number | null {
  const [executed, known] = [executedOf(server), knownOf(server)];
  const count = executed === null || known === null ? null : whatLacks(executed, known).count;
  return count === null ? null : Number(count);
}

/** Less is sooner: first what waits for a delay, then whoever is delayed at all, then the order of magnitude of the rest. */
export function readinessRank(member: Member): readonly number[] {
  const server = answered(member);
  if (server === undefined) return [0, 0, 0];
  const { waitsSeconds, delayed, unapplied } = readinessOf(server);
  const many = unapplied === null || unapplied < manyTransactions ? 0 : Math.log10(unapplied);
  return [waitsSeconds, delayed ? 1 : 0, Math.floor(many)];
}

/**
 * MySQL keeps its relay log when the delay is changed while the receiver runs; MariaDB throws it away, and with it what
 * only a dead master could send again.
 */
function canSetAside(server: Server, { receiver }: Channel): boolean {
  return server.flavor === 'mysql' && server.release[0] >= 8 && receiver !== 'no';
}

/**
 * Whether the candidate opens within the time that the plan may wait; nothing where it does so at once. `living`: the
 * master that still takes writes while the candidate catches up; absent in a failover.
 */
export function readinessChecks(
  context: PlanningContext,
  candidate: Member,
  living?: Member,
): readonly Check[] {
  const { policy } = context;
  const server = answered(candidate);
  const channel = server?.channels[0];
  if (server === undefined || channel === undefined) return [];
  const { waitsSeconds, unapplied } = readinessOf(server);
  const says = phrase('{instance} opens soon', { instance: candidate.key });
  if (living !== undefined && channel.delaySeconds > 0) {
    return [warned(says, caughtUpBefore(context, candidate, living))];
  }
  if (waitsSeconds > 0) {
    return canSetAside(server, channel)
      ? [warned(says, setAside(waitsSeconds))]
      : [delayCheck(says, waitsSeconds, policy.unapplied)];
  }
  return unapplied !== null && unapplied >= manyTransactions
    ? [warned(says, phrase('{count} transactions are left to apply', { count: unapplied }))]
    : [];
}

/** Where a loss is wanted rather than a wait, the plan opens without what waits, and tells what it loses. */
function delayCheck(
  says: Phrase,
  seconds: number,
  { delays, delaySeconds, fails }: UnappliedPolicy,
): Check {
  const longest = delays ? delaySeconds : 0;
  return fails && seconds > longest
    ? failed(says, tooLate(seconds, longest))
    : warned(says, phrase('it applies {seconds} s late', { seconds }));
}

function setAside(seconds: number): Phrase {
  return phrase('it applies {seconds} s late; the plan sets the delay to 0 first', { seconds });
}

function tooLate(seconds: number, longest: number): Phrase {
  return phrase(
    'it applies {seconds} s late, the plan waits {longest} s at most, and the delay cannot be changed without losing what it received',
    { seconds, longest },
  );
}

/** Time of its own for a candidate that has to catch up. */
export function catchUpTime(candidate: Member): { readonly catchUpMs?: number } {
  return isDelayed(candidate) ? { catchUpMs } : {};
}

export function isDelayed(candidate: Member): boolean {
  return (answered(candidate)?.channels[0]?.delaySeconds ?? 0) > 0;
}

/** The delay is gone afterwards: said with what sets it again. */
function caughtUpBefore({ spell }: PlanningContext, candidate: Member, living: Member): Phrase {
  const server = answered(candidate);
  const seconds = server?.channels[0]?.delaySeconds ?? 0;
  const values = {
    seconds,
    instance: candidate.key,
    limit: catchUpMs / 1000,
    sql: spell({ do: 'set-delay', seconds }, server).join('; '),
  };
  const count = behindBy(server, answered(living));
  return count === null
    ? phrase(
        'it applies {seconds} s late; the plan removes the delay and waits {limit} s at most for {instance} to catch up before writes stop. To delay a replica again: {sql}',
        values,
      )
    : phrase(
        'it applies {seconds} s late; the plan removes the delay and waits {limit} s at most for {instance} to catch up with {count} transactions before writes stop. To delay a replica again: {sql}',
        { ...values, count },
      );
}

/** How many transactions a replica has yet to apply; null where they cannot be counted. */
function behindBy(replica: Server | undefined, master: Server | undefined): number | null {
  const has = replica === undefined ? null : executedOf(replica);
  const all = master === undefined ? null : executedOf(master);
  const count = has === null || all === null ? null : whatLacks(has, all).count;
  return count === null ? null : Number(count);
}

/**
 * In a planned switchover, while the master takes writes: what the change of the delay makes a server throw away is read
 * again from there.
 */
export function catchUpStages(
  context: PlanningContext,
  {
    candidate,
    living,
    byGtid,
  }: { readonly candidate: Member; readonly living: Member; readonly byGtid: boolean },
): readonly DraftStage[] {
  const reads = byGtid ? 'executed' : 'own-binlog';
  const seconds = answered(candidate)?.channels[0]?.delaySeconds ?? 0;
  if (seconds === 0) return [];
  const { key } = candidate;
  const says = removesDelay(key, seconds);
  const undo = { do: 'set-delay', seconds } as const;
  return [
    {
      title: phrase('Let {instance} apply at once', { instance: key }),
      lanes: [[draft(context, key, { do: 'set-delay', seconds: 0 }, { says, undo })]],
      onFailure: 'undo',
    },
    {
      title: phrase('Catch up while {master} takes writes', { master: living.key }),
      lanes: [
        [
          mark(context, living.key, 'before', reads),
          { ...waitForMark(context, key, 'before', living.key), deadlineMs: catchUpMs },
        ],
      ],
      onFailure: 'undo',
    },
  ];
}

function removesDelay(instance: InstanceKey, seconds: number): Phrase {
  return phrase('Set the delay of {instance} from {seconds} s to 0.', { instance, seconds });
}

/** Empty where nothing waits for a delay, or it cannot be changed. It is not taken back: that could cost the relay log. */
export function setDelayAside(context: PlanningContext, candidate: Member): readonly Draft[] {
  const server = answered(candidate);
  const channel = server?.channels[0];
  if (server === undefined || channel === undefined) return [];
  if (readinessOf(server).waitsSeconds === 0 || !canSetAside(server, channel)) return [];
  const says = removesDelay(candidate.key, channel.delaySeconds);
  return [draft(context, candidate.key, { do: 'set-delay', seconds: 0 }, { says })];
}

export function delayStage(context: PlanningContext, candidate: Member): readonly DraftStage[] {
  const title = phrase('Let {instance} apply at once', { instance: candidate.key });
  return [{ title, lanes: [setDelayAside(context, candidate)], onFailure: 'undo' }];
}
