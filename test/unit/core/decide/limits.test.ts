import { expect, test } from 'vitest';
import { decide } from '../../../../src/core/decide/decide.ts';
import type { RejoinContext } from '../../../../src/core/decide/planning-context.ts';
import {
  sourceNameChecks,
  userNameChecks,
} from '../../../../src/core/decide/candidates/name-limit-checks.ts';
import { shapeOf } from '../../../../src/core/model/password-shape.ts';
import type { Release, Server } from '../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import type { Decision } from '../../../../src/core/model/plan.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { instanceOf, mariadbServer } from '../../../support/builders/servers.ts';
import { memberAs } from '../../../support/builders/cluster-states.ts';
import { policy } from '../../../support/builders/world.ts';

type AskedWish = Parameters<typeof decide>[0];

function mysqlServer(key: string, release: Release): Server {
  return mariadbServer(key, { flavor: 'mysql', release });
}

function answer(wish: AskedWish, rules: Partial<Policy>): Decision {
  const topology = draw('db1 rw\n+ db2\n+ db3');
  const context: RejoinContext = {
    topology,
    policy: { ...policy, ...rules },
    spell: (action) => [action.do],
    proxied: false,
    highWater: new Map(),
    begun: [],
    accounts: new Map(topology.members.map(({ key }) => [key, 'absent'])),
    own: { kind: 'none' },
    handover: null,
  };
  return decide(wish, context);
}

function whyNot(decision: Decision): string {
  return decision.kind === 'hold' ? decision.refusal.because.map(inEnglish).join('\n') : '';
}

const promote: AskedWish = { kind: 'promote', instance: 'db2:3306', acceptLoss: false };
const making: Extract<AskedWish, { readonly kind: 'create-user' }> = {
  kind: 'create-user',
  instance: 'db1:3306',
  user: { name: 'repl', host: '%', task: 'replication' },
  anew: false,
};

// Bytes of UTF-8 count, not letters: MariaDB keeps 96 of them.
test.each([
  { password: 'a'.repeat(96), fits: true },
  { password: 'a'.repeat(97), fits: false },
  { password: 'é'.repeat(48), fits: true },
  { password: 'é'.repeat(49), fits: false },
  { password: '한'.repeat(33), fits: false },
  { password: 'tab\there', fits: false },
])('a replication password of $password.length letters fits: $fits', ({ password, fits }) => {
  const shape = shapeOf(password);
  expect(JSON.stringify(shape)).not.toContain(password);
  const promoting = answer(promote, { replicationPassword: shape });
  expect(promoting.kind).toBe(fits ? 'act' : 'hold');
  const made = answer(making, { newPassword: shape });
  expect(made.kind).toBe(fits ? 'act' : 'hold');
  const reasons = `${whyNot(promoting)}\n${whyNot(made)}`;
  expect(/longer than the 96 bytes that MariaDB keeps|control characters/.test(reasons)).toBe(
    !fits,
  );
});

test('the password of another user may be as long as it likes', () => {
  const user = { name: 'orc', host: '%', task: 'manage' } as const;
  const wish = { ...making, user };
  expect(answer(wish, { newPassword: shapeOf('a'.repeat(120)) }).kind).toBe('act');
  expect(answer(wish, { newPassword: shapeOf('a\u0000b') }).kind).toBe('hold');
});

test('old releases keep short names only', () => {
  const far = `${'a'.repeat(61)}:3306`;
  const source = memberAs('master', null, instanceOf(far, mysqlServer(far, [8, 4, 6])));
  const replica = (release: Release) =>
    memberAs('replica', far, instanceOf('db2:3306', mysqlServer('db2:3306', release)));
  expect(sourceNameChecks([replica([8, 0, 17]), replica([9, 7, 4])], source)).toEqual([]);
  const refused = sourceNameChecks([replica([5, 6, 24]), replica([8, 0, 16])], source);
  expect(refused.map((it) => it.verdict)).toEqual(['failed', 'failed']);
  const user = { name: 'a-long-monitor-user', host: '%', task: 'manage' } as const;
  expect(userNameChecks('db1:3306', mysqlServer('db1:3306', [5, 7, 8]), user)).toEqual([]);
  expect(userNameChecks('db1:3306', mysqlServer('db1:3306', [5, 6, 24]), user)).toHaveLength(1);
});
