import { answered, splitKey } from '../../model/instance.ts';
import type { Action } from '../../model/plan.ts';
import { phrase } from '../../model/phrase.ts';
import type { Member } from '../../model/topology.ts';
import { mark, stopReplication, waitForMark } from './drafts.ts';
import type { PlanningContext } from '../planning-context.ts';
import { demandOf, readsEncrypted } from '../candidates/source-demands.ts';
import { draft, type Draft, type DraftStage } from './steps.ts';

/** How long reading what another replica holds may take, in milliseconds. */
const fetchMs = 60_000;

interface Fetch {
  readonly context: PlanningContext;
  /** The dead master, which the candidate reads from again when the plan is taken back. */
  readonly master: Member;
  readonly candidate: Member;
  readonly suppliers: readonly Member[];
  /** Whoever accepts a loss is promoted even if reading fails. */
  readonly acceptLoss: boolean;
}

/** The candidate reads what it lacks from those who hold it, one after the other, before it opens. */
export function fetchStages(fetch: Fetch): readonly DraftStage[] {
  return fetch.suppliers.map((supplier) => ({
    title: phrase('Fetch what only {holder} holds', { holder: supplier.key }),
    lanes: [fetchLane(fetch, supplier)],
    onFailure: fetch.acceptLoss ? 'report' : 'undo',
  }));
}

function fetchLane({ context, master, candidate }: Fetch, supplier: Member): readonly Draft[] {
  const { key } = candidate;
  const held = `held by ${supplier.key}`;
  return [
    mark(context, supplier.key, held, 'executed'),
    draft(
      context,
      key,
      { do: 'stop-replication' },
      { says: stopReplication(key), undo: { do: 'start-replication' } },
    ),
    draft(context, key, pointAt(context, candidate, supplier), {
      says: phrase('Point {instance} at {source}.', { instance: key, source: supplier.key }),
      undo: pointAt(context, candidate, master),
    }),
    draft(
      context,
      key,
      { do: 'start-replication' },
      {
        says: phrase('Start replication on {instance}.', { instance: key }),
        undo: { do: 'stop-replication' },
      },
    ),
    { ...waitForMark(context, key, held, supplier.key), deadlineMs: fetchMs },
  ];
}

function pointAt(context: PlanningContext, candidate: Member, from: Member): Action {
  const source = from.key;
  const channel = answered(candidate)?.channels[0];
  return {
    do: 'point-at',
    source,
    ...splitKey(source),
    place: { by: 'gtid', adopt: false },
    withCredentials: false,
    tls: readsEncrypted(
      channel,
      answered(candidate),
      answered(from),
      demandOf(context, source, {
        user: channel?.user ?? null,
        replica: candidate.key,
        server: answered(candidate),
      }),
    ),
    connectRetrySeconds: Math.min(channel?.connectRetrySeconds ?? 10, 10),
  };
}
