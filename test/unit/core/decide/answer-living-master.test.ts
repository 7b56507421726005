import { expect, test } from 'vitest';
import { answerLivingMaster } from '../../../../src/core/decide/answer-living-master.ts';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import type { PlanningContext } from '../../../../src/core/decide/planning-context.ts';
import type { Circumstances } from '../../../../src/core/model/circumstances.ts';
import type { Finding } from '../../../../src/core/model/finding.ts';
import { inEnglish, plain } from '../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision } from '../../../../src/core/model/plan.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';
import { policy } from '../../../support/builders/world.ts';

const armed: Policy = { ...policy, recoverMasterFilters: ['*'] };
const now = 1_700_000_100_000;
const calm: Circumstances = {
  now,
  disarmed: undefined,
  downtimes: [],
  unacknowledged: undefined,
  controller: { holder: 'me', us: true },
  storeWritable: true,
  lostBy: new Set(),
};
const downtime = {
  cluster: 'orders',
  instance: 'db2:3306',
  since: 0,
  until: null,
  owner: 'kim',
  reason: '',
};

function findingOf(code: Finding['code']): Finding {
  const instance = 'db1:3306';
  return { code, severity: 'error', instance, says: '', evidence: [], advice: '', facts: {} };
}

function contextOf(drawing: string, rules: Policy = armed): PlanningContext {
  return {
    topology: draw(drawing),
    policy: rules,
    spell: (action) => [action.do],
    proxied: true,
    highWater: new Map(),
    begun: [],
  };
}

interface Case {
  readonly code?: Finding['code'];
  readonly drawing: string;
  readonly rules?: Policy;
  readonly circumstances?: Circumstances;
  readonly recoveries?: readonly Recovery[];
}

function answer(it: Case): Decision | undefined {
  return answerLivingMaster(
    findingOf(it.code ?? 'MasterCannotWrite'),
    contextOf(it.drawing, it.rules),
    { circumstances: it.circumstances ?? calm, recoveries: it.recoveries ?? [] },
  );
}

/** What a decision does, or why it holds. */
function told(decision: Decision | undefined): string {
  return decision?.kind === 'act'
    ? `${decision.plan.kind} to ${decision.plan.newMaster}: ${stepsOf(decision.plan)
        .map((it) => `${it.action.do} ${it.on}`)
        .join(', ')}`
    : (decision?.refusal.because.map(inEnglish).join(' ') ?? 'nothing');
}

const three = 'db1\n+ db2\n+ db3';

test('a master that cannot write hands over: closed before anybody opens', () => {
  const decision = answer({ drawing: three });
  expect(told(decision)).toMatch(
    /^switchover to db2:3306: .*set-read-only db1:3306.*wait-for-mark db2:3306.*set-writable db2:3306/,
  );
  expect(decision?.kind === 'act' && objectionsTo(decision.plan, draw(three))).toEqual([]);
});

test.each([
  'db1\n+ db2 lag=60\n+ db3',
  'db1\n+ db2 applier=no\n+ db3',
  'db1\n+ db2 receiver=no\n+ db3',
  'db1\n+ db2 sql=1021 applier=no\n+ db3',
  'db1\n+ db2 nolog\n+ db3',
])('a replica that is stuck itself or unfit is not chosen: %s', (drawing) => {
  expect(told(answer({ drawing }))).toContain('switchover to db3:3306');
});

test('where every replica is stuck, each is named with its reason', () => {
  const says = told(answer({ drawing: 'db1\n+ db2 lag=60\n+ db3 applier=no' }));
  expect(says).toContain('No replica can take over.');
  expect(says).toContain('db2:3306 is left out: it does not keep up with db1:3306');
  expect(says).toContain('db3:3306 is left out');
});

test.each([
  { name: 'not armed', it: { rules: policy }, says: 'recoverMasterClusterFilters' },
  { name: 'observe', it: { rules: { ...armed, mode: 'observe' as const } }, says: 'observe' },
  {
    name: 'somebody else watches',
    it: { circumstances: { ...calm, controller: { holder: 'kim', us: false } } },
    says: 'kim keeps the watch',
  },
  {
    name: 'a recovery is not acknowledged',
    it: { circumstances: { ...calm, unacknowledged: { ...recoveryAt('succeeded'), id: 'r9' } } },
    says: 'r9 is not acknowledged',
  },
])('held: $name', ({ it, says }) => {
  expect(told(answer({ drawing: three, ...it }))).toContain(says);
});

test('a master that does not answer cannot be closed: held, with what to do', () => {
  const says = told(answer({ drawing: 'db1 silent\n+ db2' }));
  expect(says).toContain('db1:3306 does not answer, so it cannot be closed.');
  expect(says).toContain('end its server process or host');
});

const failedBefore: Recovery = {
  ...recoveryAt('undone'),
  trigger: 'MasterCannotWrite',
  oldMaster: 'db1:3306',
  problems: [plain('It was not closed.')],
};

test('what was taken back is not tried again for five minutes, and says why', () => {
  const recoveries = [failedBefore];
  const says = told(answer({ drawing: three, recoveries }));
  expect(says).toContain('The hand-over r1 did not get through');
  expect(says).toContain('It was not closed.');
  const later = { ...calm, now: failedBefore.startedAt + 300_000 };
  expect(told(answer({ drawing: three, recoveries, circumstances: later }))).toContain(
    'switchover',
  );
});

const bothStopped = 'db1 semi=source waiting=1\n+ db2 receiver=no\n+ db3 receiver=no';
const locked = 'LockedSemiSyncMaster';

test('receivers that were stopped without an error are started again', () => {
  const decision = answer({ code: locked, drawing: bothStopped });
  expect(told(decision)).toBe(
    'repair to db1:3306: start-receiver db2:3306, verify-replicating db2:3306, start-receiver db3:3306, verify-replicating db3:3306',
  );
  expect(decision?.kind === 'act' && objectionsTo(decision.plan, draw(bothStopped))).toEqual([]);
});

test('an applier that is stopped stays so', () => {
  const drawing = 'db1 semi=source waiting=1\n+ db2 receiver=no applier=no';
  expect(told(answer({ code: locked, drawing }))).toBe(
    'repair to db1:3306: start-receiver db2:3306',
  );
});

test('whoever has an error, is silent, hears or is in downtime is left alone', () => {
  const drawing =
    'db1 semi=source waiting=1\n+ db2 receiver=no\n+ db3 receiver=no io=1236\n+ db4 silent\n+ db5';
  const circumstances = { ...calm, downtimes: [downtime] };
  const says = told(answer({ code: locked, drawing, circumstances }));
  expect(says).toContain('No receiver is there that could be started again.');
  expect(says).toContain('db2:3306 is left out: it is in downtime');
  expect(says).toContain('db3:3306 is left out: its receiver stopped with error 1236');
  expect(says).toContain('db4:3306 is left out: it is silent');
  expect(says).toContain('db5:3306 is left out: its receiver is not stopped');
});

test('a repair is not repeated at once', () => {
  const before = { ...recoveryAt('succeeded'), trigger: locked, newMaster: 'db1:3306' };
  const says = told(answer({ code: locked, drawing: bothStopped, recoveries: [before] }));
  expect(says).toContain('Receivers were started again by r1, and writes still wait.');
});

test('the setting leaves a locked master alone, and other findings are not its affair', () => {
  const rules = { ...armed, recoverLockedMaster: false };
  expect(answer({ code: locked, drawing: bothStopped, rules })).toBeUndefined();
  expect(answer({ code: 'DeadMaster', drawing: three })).toBeUndefined();
});
