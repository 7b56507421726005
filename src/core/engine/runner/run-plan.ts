import type { ClusterState, RunResult } from '../../backend.ts';
import { keepControl, leaseMs, type Control } from './control.ts';
import { lookAgain, type LookPorts } from './look-again.ts';
import { answered, type InstanceKey } from '../../model/instance.ts';
import { masterLost, type LivingContext } from './master-lost.ts';
import { sparingSeveralSources } from '../../decide/several-sources.ts';
import { phrase } from '../../model/phrase.ts';
import type { Decision, Plan } from '../../model/plan.ts';
import { spareGroups } from '../../decide/spare-groups.ts';
import { endsWhenDisarmed, type Recovery } from '../../model/recovery.ts';
import { memberOf, type Member } from '../../model/topology.ts';
import type { Clock, Commander, ProgramRunner, ProxyTargets, Store } from '../../ports.ts';
import type { ProxyService } from '../proxies/proxy-service.ts';
import { targetsOf } from '../proxies/traffic.ts';
import { lockOf, needsLocks, takeLocks, type LockContext } from './plan-locks.ts';
import { orUndefined } from '../or-undefined.ts';
import { recorded, refused } from './recorded.ts';
import { newRecovery } from '../../record/recovery-record.ts';
import { executePlan } from '../../recover/execute-plan.ts';
import type { RunPorts } from '../../recover/run-ports.ts';
import { untilDisarmed } from './until-disarmed.ts';

/** A plan, who or what asks for it, and how to decide again under the lock. */
export interface Order {
  readonly plan: Plan;
  /** `user`, or the code of the finding that is answered. */
  readonly trigger: string;
  readonly again: () => Promise<Decision>;
}

/** What running a plan needs of its cluster's engine. */
export interface RunContext extends LookPorts, LockContext {
  readonly cluster: string;
  readonly actor: string;
  readonly store: Store | undefined;
  readonly clock: Clock;
  readonly commander: () => Commander;
  readonly randomLetters: () => string;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;
  readonly look: (signal: AbortSignal) => Promise<ClusterState>;
  readonly traffic: ProxyService['traffic'];
  readonly programs: ProgramRunner;
  readonly tell: (recovery: Recovery) => void;
}

/** They wait for what only a living master brings, and would stand in the way of the recovery of one that dies. */
const endedByLostMaster: ReadonlySet<Plan['kind']> = new Set<Plan['kind']>([
  'rejoin',
  'relocate',
  'create-user',
  'fix',
]);

/** A signal that never ends. */
const never = new AbortController().signal;

/** A look that ended so short a time ago need not be repeated, in milliseconds. */
const freshMs = 100;

/** Takes the cluster's lease and the servers' locks, looks again, performs the plan and keeps its record. */
export async function runPlan(
  order: Order,
  signal: AbortSignal,
  runner: RunContext,
): Promise<RunResult> {
  const { store, cluster, actor } = runner;
  if (store === undefined) {
    return refused(
      phrase('The record of recoveries cannot be written.'),
      phrase('Mend the state folder: nothing is changed unrecorded.'),
    );
  }
  const spared = sparing({ kind: 'act', plan: order.plan }, order, runner);
  if (spared.kind === 'hold') {
    return { kind: 'refused', because: spared.refusal.because, instead: spared.refusal.instead };
  }
  const wish = `cluster:${cluster}`;
  const taken = recorded(() => store.takeLease(wish, actor, leaseMs));
  if (taken.kind === 'refused') return taken;
  const lease = taken.value;
  if (lease === undefined) {
    const holder = store.leaseHolder(wish);
    return refused(
      holder === undefined
        ? phrase('Somebody else is changing {cluster} now.', { cluster })
        : phrase('{holder} is changing {cluster} now.', { holder, cluster }),
      phrase('Wait until that recovery has ended.'),
    );
  }
  const done = new AbortController();
  const commander = runner.commander();
  const locked = addressOf(runner, lockOf(order.plan));
  const holdsLock = (): Promise<boolean> =>
    needsLocks(order.plan) ? commander.holdsLock(locked) : Promise.resolve(true);
  const control = keepControl({ ...runner, lease, holdsLock }, done.signal);
  try {
    return await runUnderLease(order, signal, { runner, store, commander, control });
  } finally {
    done.abort();
    commander.close();
    lease.release();
  }
}

/** Whoever asks for a plan, and whatever made it: a group that elects its own primaries is left to itself. */
function sparing(decision: Decision, { trigger }: Order, { newestTopology }: RunContext): Decision {
  const topology = newestTopology();
  if (topology === undefined) return decision;
  return sparingSeveralSources(spareGroups(decision, topology, trigger !== 'user'), topology);
}

interface LeasedRun {
  readonly runner: RunContext;
  readonly store: Store;
  readonly commander: Commander;
  readonly control: Control;
}

function addressOf(runner: RunContext, key: InstanceKey): string {
  return memberIn(runner, key)?.address ?? runner.addresses.addressOf(key);
}

async function runUnderLease(
  order: Order,
  signal: AbortSignal,
  leased: LeasedRun,
): Promise<RunResult> {
  const { plan, trigger, again } = order;
  const { runner, store } = leased;
  const locksRefused = await takeLocks(order, signal, { ...runner, commander: leased.commander });
  if (locksRefused !== undefined) return locksRefused;
  const decision = sparing(await again(), order, runner);
  if (decision.kind === 'hold') {
    const { because, instead } = decision.refusal;
    return { kind: 'refused', because, instead };
  }
  if (decision.plan.fingerprint !== plan.fingerprint) {
    return refused(
      phrase('The topology changed since the plan was made.'),
      phrase('Review the new plan.'),
    );
  }
  const record = newRecovery(plan, {
    actor: runner.actor,
    trigger,
    at: runner.clock.now(),
    randomLetters: runner.randomLetters(),
  });
  const saved = recorded(() => store.saveRecovery(record));
  if (saved.kind === 'refused') return saved;
  const over = new AbortController();
  const lost = yieldsToRecovery(plan, runner)
    ? masterLost(livingContext(runner), over.signal)
    : never;
  const ports = portsOf(leased, lost);
  const execute = (within: AbortSignal): Promise<Recovery> =>
    executePlan(plan, record, ports, within);
  const { clock, cluster } = runner;
  try {
    const recovery = endsWhenDisarmed(record)
      ? await untilDisarmed({ store, clock, cluster, id: record.id }, signal, execute)
      : await execute(signal);
    return { kind: 'ran', recovery };
  } finally {
    over.abort();
  }
}

/** One that was silent already when the plan was made is nothing that happened meanwhile. */
function yieldsToRecovery({ kind, catchUpMs }: Plan, { newestTopology }: RunContext): boolean {
  const topology = newestTopology();
  const master = topology === undefined ? undefined : memberOf(topology, topology.master);
  return (endedByLostMaster.has(kind) || catchUpMs !== undefined) && answered(master) !== undefined;
}

function portsOf({ runner, store, commander, control }: LeasedRun, lost: AbortSignal): RunPorts {
  let seen = { expectation: '', at: Number.NEGATIVE_INFINITY };
  return {
    commander,
    clock: runner.clock,
    control,
    addressOf: (key) => addressOf(runner, key),
    serverOf: (key) => memberIn(runner, key)?.lastAnswer?.server,
    lookAgain: async (expect, within) => {
      const expectation = JSON.stringify(expect);
      const fresh = runner.clock.monotonic() - seen.at < freshMs;
      if (fresh && seen.expectation === expectation) {
        return null;
      }
      const objection = await lookAgain(runner, expect, within);
      seen = { expectation, at: objection === null ? runner.clock.monotonic() : seen.at };
      return objection;
    },
    masterLost: lost,
    traffic: {
      hold: (deadlineMs) => runner.traffic.hold(deadlineMs),
      pointAt: (key, deadlineMs) => runner.traffic.pointAt(targetsIn(runner, key), deadlineMs),
    },
    programs: runner.programs,
    isDowntimed: (key) => isDowntimed(runner, store, key),
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

function targetsIn(runner: RunContext, key: InstanceKey): ProxyTargets {
  const topology = runner.newestTopology();
  const address = addressOf(runner, key);
  return topology === undefined
    ? { master: { key, address }, replicas: [] }
    : targetsOf(topology, key, address);
}

function livingContext({ clock, look, policy }: RunContext): LivingContext {
  return { clock, look, confirmSeconds: async () => (await policy()).confirmSeconds };
}

function isDowntimed({ cluster, clock }: RunContext, store: Store, key: InstanceKey): boolean {
  const downtimes = orUndefined(() => store.downtimes(cluster, clock.now())) ?? [];
  return downtimes.some((it) => it.instance === null || it.instance === key);
}

function memberIn(runner: RunContext, key: InstanceKey): Member | undefined {
  const topology = runner.newestTopology();
  return topology === undefined ? undefined : memberOf(topology, key);
}
