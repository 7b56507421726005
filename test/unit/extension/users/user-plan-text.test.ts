import { expect, test } from 'vitest';
import { decide } from '../../../../src/core/decide/decide.ts';
import type { Plan } from '../../../../src/core/model/plan.ts';
import { generatePassword } from '../../../../src/extension/users/generate-password.ts';
import { userQuestion } from '../../../../src/extension/users/user-plan-text.ts';
import { spellForDisplay } from '../../../../src/dialect/statements.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

function plan(): Plan {
  const decision = decide(
    {
      kind: 'create-user',
      instance: 'db1:3306',
      user: { name: 'orc', host: '172.%', task: 'replication' },
      anew: false,
    },
    {
      topology: draw('db1 rw\n+ db2\n+ db3 receiver=no'),
      policy,
      spell: (action, server) => spellForDisplay(action, server),
      proxied: false,
      highWater: new Map(),
      begun: [],
      accounts: new Map([['db1:3306', 'absent']]),
      own: { kind: 'none' },
      handover: null,
    },
  );
  if (decision.kind !== 'act') throw new Error('It was refused.');
  return decision.plan;
}

test('every statement is shown first, by instance, the password starred', () => {
  const question = userQuestion(plan(), english);
  expect(question?.title).toBe("Create 'orc'@'172.%' on db1:3306?");
  expect(question?.detail).toBe(
    [
      'On db1:3306:',
      "CREATE USER IF NOT EXISTS 'orc'@'172.%' IDENTIFIED VIA mysql_native_password USING '***';",
      "GRANT REPLICATION SLAVE ON *.* TO 'orc'@'172.%';",
      '',
      'On db3:3306, which needs it by itself, outside the binary log:',
      'SET SESSION sql_log_bin = 0;',
      "CREATE USER IF NOT EXISTS 'orc'@'172.%' IDENTIFIED VIA mysql_native_password USING '***';",
      "GRANT REPLICATION SLAVE ON *.* TO 'orc'@'172.%';",
      'SET SESSION sql_log_bin = 1;',
      '',
      'Then it is looked for on db1:3306, db2:3306, db3:3306, and logs in there.',
      '',
      '! db3:3306 gets it by replication: it does not replicate now',
    ].join('\n'),
  );
});

test('what is copied has a placeholder where the password stands', () => {
  const { copy = '' } = userQuestion(plan(), english) ?? {};
  expect(copy).toContain("IDENTIFIED BY '<password>';");
  expect(copy).not.toContain('***');
  expect(copy.split('\n').every((it) => /^(--|$)|;$/.test(it))).toBe(true);
});

test('a generated password satisfies the usual policies, and needs no quoting', () => {
  const made = Array.from({ length: 50 }, generatePassword);
  expect(new Set(made).size).toBe(50);
  for (const password of made) {
    expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[-_.+:])[\w.+:-]{24}$/);
  }
});
