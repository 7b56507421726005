import type { RunResult } from './backend.ts';
import type { Wish } from './model/plan.ts';
import { gapsOf } from './decide/completeness.ts';
import type { OwnTransactions } from './decide/ground.ts';
import { alive, answered, type InstanceKey } from './model/instance.ts';
import { stepsOf, type Decision, type Expectation, type Plan } from './model/plan.ts';
import { phrase, type Phrase } from './model/phrase.ts';
import type { Position } from './model/position.ts';
import type { Recovery } from './model/recovery.ts';
import { memberOf, type Topology } from './model/topology.ts';
import type { AddressBook, Clock, Commander, Lease, Store } from './ports.ts';
import { newRecovery } from './record/recovery-record.ts';
import { executePlan } from './recover/execute-plan.ts';
import type { Hands } from './recover/hands.ts';

/** What running a plan needs of its cluster's engine. */
export interface Runner {
  readonly cluster: string;
  readonly actor: string;
  readonly store: Store | undefined;
  readonly clock: Clock;
  readonly addresses: AddressBook;
  readonly commander: () => Commander;
  readonly randomLetters: () => string;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;
  readonly decideAgain: (wish: Wish) => Promise<Decision>;
  readonly topologyNow: (signal: AbortSignal) => Promise<Topology>;
  readonly newestTopology: () => Topology | undefined;
  readonly highWater: () => ReadonlyMap<InstanceKey, Position>;
  readonly own: (
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
  ) => Promise<OwnTransactions>;
  readonly tell: (recovery: Recovery) => void;
}

/** How long a lease lasts without its holder; renewed at a third of it. Milliseconds. */
const leaseMs = 15_000;

/** Takes the cluster's lease, looks again, performs the plan and keeps its record. */
export async function runPlan(plan: Plan, signal: AbortSignal, runner: Runner): Promise<RunResult> {
  const { store, cluster, actor } = runner;
  if (store === undefined) {
    return refused(
      phrase('The record of recoveries cannot be written.'),
      phrase('Mend the state folder: nothing is changed unrecorded.'),
    );
  }
  const lease = store.takeLease(`cluster:${cluster}`, actor, leaseMs);
  if (lease === undefined) {
    const holder = store.leaseHolder(`cluster:${cluster}`);
    return refused(
      holder === undefined
        ? phrase('Somebody else is changing {cluster} now.', { cluster })
        : phrase('{holder} is changing {cluster} now.', { holder, cluster }),
      phrase('Wait until that recovery has ended.'),
    );
  }
  const done = new AbortController();
  const renewing = keepRenewed(lease, runner, done.signal);
  try {
    return await runUnderLease(plan, signal, runner, store);
  } finally {
    done.abort();
    await renewing;
    lease.release();
  }
}

async function keepRenewed(
  lease: Lease,
  { clock, log, cluster }: Runner,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(leaseMs / 3, signal).catch(() => undefined);
    if (!signal.aborted && !lease.renew()) {
      log('error', `${cluster}: the lease was lost while a plan runs.`);
      return;
    }
  }
}

async function runUnderLease(
  plan: Plan,
  signal: AbortSignal,
  runner: Runner,
  store: Store,
): Promise<RunResult> {
  const decision = await runner.decideAgain(wishOf(plan));
  if (decision.kind === 'hold') {
    return {
      kind: 'refused',
      because: decision.refusal.because,
      instead: decision.refusal.instead,
    };
  }
  if (decision.plan.fingerprint !== plan.fingerprint) {
    return refused(
      phrase('The topology changed since the plan was made.'),
      phrase('Review the new plan.'),
    );
  }
  const record = newRecovery(plan, {
    actor: runner.actor,
    trigger: 'user',
    at: runner.clock.now(),
    randomLetters: runner.randomLetters(),
  });
  store.saveRecovery(record);
  const commander = runner.commander();
  try {
    const recovery = await executePlan(plan, record, handsOf(runner, store, commander), signal);
    return { kind: 'ran', recovery };
  } finally {
    commander.close();
  }
}

function wishOf(plan: Plan): Wish {
  if (plan.kind === 'rejoin') {
    return { kind: 'rejoin', instance: plan.subject };
  }
  const acceptLoss = stepsOf(plan).some(
    ({ action }) =>
      action.do === 'look-again' &&
      action.expect.that === 'candidate-complete' &&
      action.expect.acceptLoss,
  );
  return { kind: 'promote', instance: plan.subject, acceptLoss };
}

function handsOf(runner: Runner, store: Store, commander: Commander): Hands {
  return {
    commander,
    clock: runner.clock,
    addressOf: (key) =>
      memberOf(runner.newestTopology() ?? empty, key)?.address ?? runner.addresses.addressOf(key),
    serverOf: (key) => memberOf(runner.newestTopology() ?? empty, key)?.lastAnswer?.server,
    lookAgain: (expect, within) => lookAgain(runner, expect, within),
    tell: (recovery) => {
      try {
        store.saveRecovery(recovery);
      } catch (error) {
        // The plan is half done: to stop now for want of a record would do more harm than to go on.
        runner.log('error', `The record could not be written: ${String(error)}`);
      }
      runner.tell(recovery);
    },
  };
}

const empty: Topology = { cluster: '', at: 0, master: null, members: [] };

async function lookAgain(
  runner: Runner,
  expect: Expectation,
  signal: AbortSignal,
): Promise<Phrase | null> {
  const topology = await runner.topologyNow(signal);
  switch (expect.that) {
    case 'candidate-complete':
      return candidateObjection(topology, expect, runner.highWater());
    case 'nothing-of-its-own': {
      const own = await runner.own(topology, expect.instance, signal);
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

function candidateObjection(
  topology: Topology,
  expect: Extract<Expectation, { that: 'candidate-complete' }>,
  highWater: ReadonlyMap<InstanceKey, Position>,
): Phrase | null {
  const master = memberOf(topology, expect.master);
  const candidate = memberOf(topology, expect.candidate);
  if (master !== undefined && alive(master)) {
    return phrase('{instance} is back.', { instance: master.key });
  }
  if (candidate === undefined || answered(candidate) === undefined) {
    return phrase('{instance} is silent.', { instance: expect.candidate });
  }
  const [gap] = expect.acceptLoss ? [] : gapsOf(topology, candidate, highWater);
  return gap === undefined
    ? null
    : phrase('{holder} holds more: {ranges}.', {
        holder: gap.holder,
        ranges: gap.ranges.join(', '),
      });
}

function refused(because: Phrase, instead: Phrase): RunResult {
  return { kind: 'refused', because: [because], instead: [instead] };
}
