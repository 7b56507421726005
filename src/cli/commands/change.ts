import type { ClusterBackend, ClusterState, RunResult } from '../../core/backend.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import type { Decision, Plan, Wish } from '../../core/model/plan.ts';
import { exitCodes, wrongUse, type ExitCode } from '../exit-code.ts';
import { findInstance } from './find-instance.ts';
import { planJson, refusalJson } from '../output/plan-json.ts';
import { recoveryJson } from '../../protocol/record-json.ts';
import { decisionLines, refusalLines } from '../output/print-plan.ts';
import { progressTeller, resultLines } from '../output/print-recovery.ts';
import { demandAnswers, nothingRead, withEngine, type Run, type Session } from '../run.ts';

export interface ChangeRequest {
  /** As written: CLUSTER INSTANCE, or INSTANCE alone where one cluster is configured. */
  readonly words: readonly [string, string | undefined];
  readonly dryRun: boolean;
  /** `find`: the instance that a word on the command line names. */
  readonly wish: (instance: InstanceKey, find: (word: string) => InstanceKey) => Wish;
}

/** Looks, plans, prints the plan, and performs it unless it is a dry run. Never asks back. */
export function change(run: Run, { words, dryRun, wish }: ChangeRequest): Promise<ExitCode> {
  const [first, second] = words;
  return withEngine(run, second === undefined ? [] : [first], async (session) => {
    const backend = theOnly(session, first);
    if (!dryRun) demandConfirmation(run, session);
    const state = await backend.refresh(run.io.signal);
    demandAnswers([state]);
    const meant = wish(findInstance(state.topology, second ?? first), (word) =>
      findInstance(state.topology, word),
    );
    return settle(run, backend, { wish: meant, state, dryRun });
  });
}

/** Plans, prints the plan, and performs it unless it is a dry run. `state`: the newest look. */
export async function settle(
  run: Run,
  backend: ClusterBackend,
  { wish, state, dryRun }: { wish: Wish; state: ClusterState; dryRun: boolean },
): Promise<ExitCode> {
  const decision = await backend.plan(wish, run.io.signal);
  if (decision.kind === 'hold') return refuse(run, decision, backend.current() ?? state);
  if (run.options.json !== true || !dryRun) decisionLines(decision, run.paint).forEach(run.tell);
  if (!dryRun) return perform(run, backend, decision.plan);
  if (run.options.json === true)
    run.json({ outcome: 'planned', plan: planJson(decision.plan) }, 'document');
  return exitCodes.done;
}

function theOnly({ clusters, engine }: Session, first: string): ClusterBackend {
  const ids = clusters.map((it) => it.id);
  const [id = '', ...more] = ids;
  const backend = engine.clusters.get(id);
  if (more.length > 0)
    throw wrongUse(
      `Name the cluster and the instance: ${ids.join(', ')} are configured, and ${first} alone does not say which.`,
    );
  if (!backend) throw wrongUse(`The cluster ${id} could not be opened.`);
  return backend;
}

/** The command never asks back, so a production cluster must be named twice. */
export function demandConfirmation(
  { options }: Run,
  { clusters }: Pick<Session, 'clusters'>,
): void {
  const [cluster] = clusters;
  if (!cluster) return;
  if (options.confirm !== undefined && options.confirm !== cluster.id) {
    throw wrongUse(
      `--confirm names ${options.confirm}, but the change is meant for ${cluster.id}.`,
    );
  }
  if (cluster.environment === 'production' && options.confirm === undefined) {
    throw wrongUse(
      `${cluster.id} is a production cluster: add --confirm ${cluster.id} to change it.`,
    );
  }
}

function refuse(run: Run, decision: Decision & { kind: 'hold' }, state: ClusterState): ExitCode {
  if (run.options.json === true)
    run.json({ outcome: 'refused', refusal: refusalJson(decision.refusal) }, 'document');
  decisionLines(decision, run.paint).forEach(run.options.json === true ? run.warn : run.tell);
  return nothingRead(state) ? exitCodes.nothingRead : exitCodes.refused;
}

async function perform(run: Run, backend: ClusterBackend, plan: Plan): Promise<ExitCode> {
  run.tell('');
  const tellProgress = progressTeller(run.tell, run.paint);
  const stop = backend.onState(({ running }) => {
    if (running) tellProgress(running);
  });
  const result = await backend.run(plan, run.io.signal).finally(stop);
  if (result.kind === 'ran') {
    tellProgress(result.recovery);
    ['', ...resultLines(result.recovery, run.paint)].forEach(run.tell);
  } else {
    refusalLines({ ...result, checks: [] }, run.paint).forEach(run.tell);
  }
  if (run.options.json === true) run.json(outcomeJson(plan, result), 'document');
  return codeOf(result);
}

function outcomeJson(performed: Plan, result: RunResult): unknown {
  const plan = planJson(performed);
  if (result.kind === 'ran')
    return { outcome: result.recovery.state, plan, recovery: recoveryJson(result.recovery) };
  const { because, instead } = result;
  return { outcome: 'refused', plan, refusal: refusalJson({ because, instead, checks: [] }) };
}

function codeOf(result: RunResult): ExitCode {
  if (result.kind === 'refused') return exitCodes.refused;
  return result.recovery.state === 'succeeded' ? exitCodes.done : exitCodes.failed;
}
