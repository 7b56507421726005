import { expect, test } from 'vitest';
import { keptLogsCheck } from '../../../../../src/core/decide/candidates/kept-logs-check.ts';
import type { GtidState } from '../../../../../src/core/model/gtid-state.ts';
import type { Member } from '../../../../../src/core/model/topology.ts';
import { draw } from '../../../../support/builders/drawing.ts';

const uuid = '00000000-0000-0000-0000-000000000001';

function memberWith(gtid: GtidState): Member {
  const [member] = draw('db1').members;
  if (member?.probe.kind !== 'answered') throw new Error('It is drawn as one that answers.');
  return { ...member, probe: { ...member.probe, server: { ...member.probe.server, gtid } } };
}

function verdicts(purged: string, executed: string): readonly string[] {
  const source = memberWith({ kind: 'mysql', executed: `${uuid}:1-100`, purged });
  const member = memberWith({ kind: 'mysql', executed, purged: '' });
  return keptLogsCheck(source, member).map((it) => it.verdict);
}

test.each([
  { purged: '', executed: `${uuid}:1-10`, gives: 'passed' },
  { purged: `${uuid}:1-10`, executed: `${uuid}:1-10`, gives: 'passed' },
  { purged: `${uuid}:1-11`, executed: `${uuid}:1-10`, gives: 'failed' },
  { purged: `${uuid}:1-5`, executed: '', gives: 'failed' },
])('a source that purged "$purged" for one that has "$executed": $gives', (it) => {
  expect(verdicts(it.purged, it.executed)).toEqual([it.gives]);
});

test('it names what is gone', () => {
  const source = memberWith({ kind: 'mysql', executed: `${uuid}:1-100`, purged: `${uuid}:1-20` });
  const member = memberWith({ kind: 'mysql', executed: `${uuid}:1-10`, purged: '' });
  expect(JSON.stringify(keptLogsCheck(source, member))).toContain(`${uuid}:11-20`);
});

test('MariaDB does not tell what it purged, so nothing is checked', () => {
  const [member] = draw('db1').members;
  expect(member && keptLogsCheck(member, member)).toEqual([]);
});
