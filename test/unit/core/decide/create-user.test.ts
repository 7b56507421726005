import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import type { RejoinContext } from '../../../../src/core/decide/planning-context.ts';
import type { AccountState } from '../../../../src/core/model/database-user.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision } from '../../../../src/core/model/plan.ts';
import { wishFor } from '../../../../src/core/model/wish-for.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const user = { name: 'orc_client_user', host: '172.%', task: 'manage' } as const;
const wish = { kind: 'create-user', instance: 'db1:3306', user, anew: false } as const;

function answer(drawing: string, there: readonly string[] = [], anew = false): Decision {
  const topology = draw(drawing);
  const accounts = new Map(
    topology.members.map(({ key }): [string, AccountState] => [
      key,
      there.includes(key) ? 'present' : 'absent',
    ]),
  );
  const context: RejoinContext = {
    topology,
    policy,
    spell: (action) => [action.do],
    proxied: false,
    highWater: new Map(),
    begun: [],
    accounts,
    own: { kind: 'none' },
    handover: null,
  };
  const decision = decide({ ...wish, anew }, context);
  const objections = decision.kind === 'act' ? objectionsTo(decision.plan, topology) : [];
  expect(objections).toEqual([]);
  return decision;
}

/** `create db1`, `create db2 alone`, `verify db2`, in order; or why not. */
function told(decision: Decision): readonly string[] {
  return decision.kind === 'hold'
    ? decision.refusal.because.map(inEnglish)
    : stepsOf(decision.plan).map(({ on, action }) =>
        action.do === 'create-user'
          ? `${action.how} ${on.replace(':3306', '')}${action.alone ? ' alone' : ''}`
          : `${action.do} ${on.replace(':3306', '')}`,
      );
}

function warnings(drawing: string): readonly string[] {
  const decision = answer(drawing);
  return decision.kind === 'hold'
    ? []
    : decision.plan.checks.filter((it) => it.verdict === 'warning').map((it) => inEnglish(it.says));
}

test('made on the master, and looked for everywhere', () => {
  expect(told(answer('db1 rw\n+ db2\n+ db3'))).toEqual([
    'create db1',
    'verify-user db1',
    'verify-user db2',
    'verify-user db3',
  ]);
});

test.each(['receiver=no', 'receiver=connecting', 'applier=no', 'lag=600'])(
  'a replica with %s gets it by itself, and so do those below it',
  (trouble) => {
    expect(told(answer(`db1 rw\n+ db2 ${trouble}\n++ db3\n+ db4`)).slice(0, 3)).toEqual([
      'create db1',
      'create db2 alone',
      'create db3 alone',
    ]);
  },
);

test('below a replica that does not log what it replicates, too', () => {
  expect(told(answer('db1 rw\n+ db2 nolog\n++ db3')).slice(0, 2)).toEqual([
    'create db1',
    'create db3 alone',
  ]);
});

test('where a plug-in refuses hashes, a plain password in the binary log is warned of', () => {
  expect(warnings('db1 rw\n+ db2')).toEqual([]);
  expect(warnings('db1 rw checks-passwords\n+ db2')).toEqual([
    'The binary log of db1:3306 gets only the hash of the password',
  ]);
});

test('one that needs it by itself and has it is left alone', () => {
  expect(told(answer('db1 rw\n+ db2 receiver=no', ['db2:3306']))).toEqual([
    'create db1',
    'verify-user db1',
    'verify-user db2',
  ]);
});

test('who does not answer is left behind, with what becomes of it', () => {
  const decision = answer('db1 rw\n+ db2 silent\n+ db3');
  expect(told(decision)).toEqual(['create db1', 'verify-user db1', 'verify-user db3']);
  expect(decision.kind === 'act' && decision.plan.effects.leftBehind).toMatchObject([
    { instance: 'db2:3306' },
  ]);
});

test('an account that exists is left alone unless it is asked for anew', () => {
  expect(told(answer('db1 rw\n+ db2', ['db1:3306', 'db2:3306']))).toEqual([
    "Required: 'orc_client_user'@'172.%' does not exist on db1:3306 yet. Found: it exists already",
  ]);
  const anew = answer('db1 rw\n+ db2 receiver=no', ['db1:3306', 'db2:3306'], true);
  expect(told(anew).slice(0, 2)).toEqual(['alter db1', 'alter db2 alone']);
});

test('no user is made on a master that is closed or silent', () => {
  expect(told(answer('db1 ro\n+ db2'))).toEqual([
    'Required: db1:3306 takes writes. Found: read_only ON',
  ]);
  expect(told(answer('db1 silent\n+ db2')).join()).toMatch(/db1:3306/);
});

test('the plan names the wish that it was made for', () => {
  const decision = answer('db1 rw\n+ db2');
  expect(decision.kind === 'act' && wishFor(decision.plan)).toEqual(wish);
});
