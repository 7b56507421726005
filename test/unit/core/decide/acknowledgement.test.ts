import { expect, test } from 'vitest';
import { unheardAcknowledgers } from '../../../../src/core/decide/acknowledgement.ts';
import { memberOf, type Member, type Topology } from '../../../../src/core/model/topology.ts';
import { draw } from '../../../support/builders/drawing.ts';

const dead = `
db1 silent
+ db2 semi=replica receiver=connecting
+ db3 semi=replica`;

/** The master died a while after the picture before; it had two clients that acknowledged. */
function afterDeath(third: string, uuids: { readonly shown: string; readonly own: string }) {
  const before = draw(`
db1 semi=source clients=2
+ db2 semi=replica
+ db3 semi=replica ${third}`);
  const now = draw(`${dead} ${third}`, null, before);
  const topology = { ...now, members: now.members.map((it) => withUuid(it, uuids.own)) };
  return { topology, master: diedLater(topology, uuids.shown) };
}

function withUuid(member: Member, serverUuid: string): Member {
  const { lastAnswer, key } = member;
  return key === 'db3:3306' && lastAnswer !== null
    ? { ...member, lastAnswer: { ...lastAnswer, server: { ...lastAnswer.server, serverUuid } } }
    : member;
}

function diedLater(topology: Topology, serverUuid: string): Member {
  const master = memberOf(topology, 'db1:3306');
  if (!master?.lastAnswer) throw new Error('no master');
  const { at, server } = master.lastAnswer;
  const replicas = server.replicas.map((it) => (it.host === 'db3' ? { ...it, serverUuid } : it));
  return { ...master, lastAnswer: { at: at + 60_000, server: { ...server, replicas } } };
}

const same = { shown: 'a', own: 'a' };

test.each([
  { says: 'two replicas that received', third: 'receiver=connecting', uuids: same, unknown: 0 },
  {
    says: 'a stranger with the server_id of a replica that has received nothing for long',
    third: 'receiver=no',
    uuids: same,
    unknown: 1,
  },
  {
    says: 'a stranger with the server_id of a replica, and another uuid',
    third: 'receiver=connecting',
    uuids: { shown: 'b', own: 'a' },
    unknown: 1,
  },
])('acknowledged by $says: $unknown unknown', ({ third, uuids, unknown }) => {
  const { topology, master } = afterDeath(third, uuids);
  expect(unheardAcknowledgers(topology, master)?.unknown ?? 0).toBe(unknown);
});

test('a receiver that ended together with its master may have acknowledged', () => {
  const { topology } = afterDeath('receiver=no', same);
  const master = memberOf(topology, 'db1:3306');
  if (master === undefined) throw new Error('no master');
  expect(unheardAcknowledgers(topology, master)).toBeUndefined();
});
