import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../../src/core/decide/invariants/check-plan.ts';
import {
  decideEndSession,
  heldLocks,
} from '../../../../../src/core/engine/planner/lock-holders.ts';
import type { LockHolder } from '../../../../../src/core/model/lock-answer.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision } from '../../../../../src/core/model/plan.ts';
import { wishFor } from '../../../../../src/core/model/wish-for.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { recoveryAt } from '../../../../support/builders/sample-recovery.ts';
import { policy } from '../../../../support/builders/world.ts';

const holder: LockHolder = {
  session: 42,
  user: 'app',
  client: '10.0.0.5:41000',
  sameForSeconds: 7,
  mayChangeReplication: 'unknown',
  runs: { kind: 'statement', sql: 'SELECT SLEEP(600)' },
};
const topology = draw('db1 rw\n+ db2\n+ db3 silent');
const monitorUser = 'orc';

interface Given {
  readonly found?: LockHolder | null;
  readonly changing?: string;
  readonly running?: boolean;
  readonly mode?: 'observe' | 'manage';
}

function needsFor({ found = holder, changing, running = true }: Given) {
  return {
    cluster: 'orders',
    actor: 'me@here (1)',
    store: {
      leaseHolder: (name: string) => (name === 'cluster:orders' ? changing : undefined),
      recoveries: () => [recoveryAt(running ? 'running' : 'succeeded')],
    },
    locks: {
      holderOf: (address: string) => Promise.resolve(address.startsWith('db2') ? found : null),
    },
  };
}

async function answer(instance: string, given: Given = {}, session = 42): Promise<Decision> {
  const context = {
    topology,
    policy: { ...policy, monitorUser, mode: given.mode ?? policy.mode },
    spell: () => ['KILL CONNECTION 42'],
    proxied: false,
    highWater: new Map(),
    begun: [],
  };
  const wish = { kind: 'end-session', instance, session } as const;
  return decideEndSession(wish, context, needsFor(given), new AbortController().signal);
}

function because(decision: Decision): string {
  return decision.kind === 'hold' ? decision.refusal.because.map(inEnglish).join(' ') : 'act';
}

test('the plan names account, host, age and statement, and ends that session alone', async () => {
  const decision = await answer('db2:3306');
  if (decision.kind === 'hold') throw new Error(because(decision));
  const { plan } = decision;
  expect(objectionsTo(plan, topology)).toEqual([]);
  expect(inEnglish(plan.headline)).toBe("End session 42 of 'app' from 10.0.0.5:41000 on db2:3306");
  expect(plan.checks.map((it) => inEnglish(it.measured)).slice(-3)).toEqual([
    "'app' from 10.0.0.5:41000",
    'for at least 7 s',
    'SELECT SLEEP(600)',
  ]);
  expect(plan.checks.map((it) => it.verdict)).toContain('warning');
  expect(stepsOf(plan).map((it) => it.action)).toEqual([
    { do: 'end-session', session: 42, user: 'app' },
  ]);
  expect(wishFor(plan)).toEqual({ kind: 'end-session', instance: 'db2:3306', session: 42 });
});

test('the session of a process of this machine that changes the cluster is named, and never ended', async () => {
  const changing = 'me@here (77)';
  const ours = { ...holder, user: monitorUser };
  const decision = await answer('db2:3306', { found: ours, changing });
  expect(because(decision)).toContain(
    'it is the session of me@here (77), which changes the cluster now',
  );
  const { signal } = new AbortController();
  const policyNow = async () => ({ ...policy, monitorUser });
  const needs = { ...needsFor({ found: ours, changing }), policy: policyNow };
  const held = await heldLocks(topology, needs, signal);
  expect(held).toEqual([{ instance: 'db2:3306', holder: ours, process: changing }]);
  // Decided once more under its own lease, the plan does not stand in its own way.
  const itself = { found: ours, changing: 'me@here (1)' };
  expect((await answer('db2:3306', { ...itself, running: false })).kind).toBe('act');
  expect((await answer('db2:3306', itself)).kind).toBe('hold');
  // Another account is none of ours, whatever runs here.
  expect((await answer('db2:3306', { changing })).kind).toBe('act');
});

test.each<{ where: string; on?: string; given?: Given; session?: number; says: string }>([
  { where: 'another holds it', session: 41, says: 'Session 41 does not hold the recovery lock' },
  { where: 'nobody holds it', given: { found: null }, says: 'does not hold the recovery lock' },
  { where: 'it does not answer', on: 'db3:3306', says: 'db3:3306 cannot be asked' },
  { where: 'no such instance is', on: 'db9:3306', says: 'db9:3306 is not an instance' },
  { where: 'nothing may change', given: { mode: 'observe' }, says: 'mode observe' },
])('refused where $where', async ({ on = 'db2:3306', given, session, says }) => {
  expect(because(await answer(on, given, session))).toContain(says);
});
