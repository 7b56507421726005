import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { standstill } from '../../../../src/core/discover/standstill.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const waiting = 'db1 semi=source clients=2 waiting=4\n+ db2 semi=replica\n+ db3 semi=replica';

/** The same a while later; `offset`: up to where the replicas received. */
function later(at: number, offset = 500, drawing = waiting): Topology {
  const topology = draw(drawing);
  const members = topology.members.map((it) =>
    it.probe.kind === 'answered'
      ? {
          ...it,
          probe: {
            ...it.probe,
            server: {
              ...it.probe.server,
              channels: it.probe.server.channels.map((channel) => ({
                ...channel,
                received: { ...channel.received, offset },
              })),
            },
          },
        }
      : it,
  );
  return { ...topology, at, members };
}

test('a master stands still from the first of the rounds in which its sessions wait and nobody receives', () => {
  const first = later(1_000);
  const second = { ...later(2_000), standsStillSince: standstill(later(2_000), first) ?? 0 };
  expect(second.standsStillSince).toBe(1_000);
  expect(standstill(later(7_000), second)).toBe(1_000);
});

test.each([
  { name: 'a replica received something', now: later(2_000, 600) },
  { name: 'nobody waits any more', now: later(2_000, 500, waiting.replace('waiting=4', '')) },
  { name: 'the master is silent', now: later(2_000, 500, waiting.replace('db1', 'db1 silent')) },
])('it does not when $name', ({ now }) => {
  expect(standstill(now, later(1_000))).toBeUndefined();
});

function codes(at: number): readonly string[] {
  return analyse({ ...later(at), standsStillSince: 1_000 }, policy).map((it) => it.code);
}

test('it is said after a while, although the master still counts its replicas', () => {
  expect(codes(3_000)).not.toContain('LockedSemiSyncMaster');
  expect(codes(7_000)).toContain('LockedSemiSyncMaster');
});
