import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { plain } from '../../../../src/core/model/phrase.ts';
import { foundView } from '../../../../src/extension/commands/found-rows.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

function found(drawing: string, grants: readonly (readonly [string, string])[] = []) {
  const topology = draw(drawing);
  return foundView({ topology, findings: analyse(topology, policy) }, new Map(grants), english);
}

test('a healthy cluster: every instance, and nothing to mend', () => {
  const { rows, reached, silent } = found('db1 rw\n+ db2\n+ db3');
  expect({ reached, silent }).toEqual({ reached: 3, silent: 0 });
  expect(rows.map((it) => [it.label, it.icon, it.fix])).toEqual([
    ['db1:3306', 'pass', null],
    ['db2:3306', 'pass', null],
    ['db3:3306', 'pass', null],
  ]);
});

test('who lets us not in is mended by a user, who cannot be reached by an address', () => {
  const { rows } = found('db1 rw\n+ db2 denied\n+ db3 silent');
  expect(rows.slice(1, 3)).toMatchObject([
    { icon: 'error', fix: { kind: 'create-user' } },
    { icon: 'error', fix: { kind: 'copy', text: '"addresses": { "db3:3306": "127.0.0.1:3306" }' } },
  ]);
  expect(rows[1]?.detail).toMatch(/Create the user on the master/);
});

test('the number of a refusal is that of the server, whatever its words hold', () => {
  const topology = draw('db1 rw\n+ db2 denied');
  const says = plain("Access denied for user '(error 1862)'@'db9'");
  const members = topology.members.map((it) =>
    it.probe.kind === 'silent' ? { ...it, probe: { ...it.probe, says, errno: 1045 } } : it,
  );
  const { rows } = foundView(
    { topology: { ...topology, members }, findings: [] },
    new Map(),
    english,
  );
  expect(rows[1]).toMatchObject({ fix: { kind: 'create-user' } });
  expect(rows[1]?.description).toMatch(/ · 1045$/);
});

test('missing rights are told as the statement that gives them', () => {
  const grant = 'GRANT PROCESS ON *.* TO `a`@`%`;';
  expect(found('db1 rw\n+ db2', [['db2:3306', grant]]).rows[1]).toMatchObject({
    icon: 'warning',
    detail: `The user lacks rights to act here: ${grant}`,
    fix: { kind: 'copy', text: grant },
  });
});

test('the trap is told: one alone, or a replica whose replication user is turned away', () => {
  expect(found('db1 rw').rows[1]).toMatchObject({ label: 'Only one instance was found.' });
  const { rows } = found('db1 rw\n+ db2\n+ db3 receiver=connecting io=1045');
  expect(rows.at(-1)?.label).toMatch(/db3:3306 cannot log in to db1:3306/);
});
