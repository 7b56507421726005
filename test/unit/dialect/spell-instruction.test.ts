import { expect, test } from 'vitest';
import { spellInstruction } from '../../../src/dialect/spell-instruction.ts';
import { draw } from '../../support/builders/drawing.ts';
import { answered } from '../../../src/core/model/instance.ts';

const users = { monitor: 'orc_client_user', replication: 'repl', task: 'manage' } as const;
const [, replica] = draw('db1 rw net=4\n+ db2 net=4').members;
const server = answered(replica);

function linesOf(alone: boolean, superReadOnly: boolean): readonly string[] {
  if (server === undefined) throw new Error('The drawing has no replica.');
  const grant = { rights: ['RELOAD'], user: 'u', host: '%' };
  return spellInstruction(
    'db2:3306',
    { do: 'grant-rights', ...grant, alone },
    { ...server, superReadOnly },
    users,
  ).lines;
}

const grant = "GRANT RELOAD ON *.* TO 'u'@'%';";
const unlogged = ['SET SESSION sql_log_bin = 0;', grant, 'SET SESSION sql_log_bin = 1;'];

test('what is for a replica alone is not written to its binary log', () => {
  expect(linesOf(false, true)).toEqual([grant]);
  expect(linesOf(true, false)).toEqual(unlogged);
});

test('under super_read_only the replica is opened for it, and closed again', () => {
  expect(linesOf(true, true)).toEqual([
    'SET GLOBAL super_read_only = 0;',
    ...unlogged,
    'SET GLOBAL super_read_only = 1;',
  ]);
});
