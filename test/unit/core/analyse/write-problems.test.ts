import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { inEnglish, plain } from '../../../../src/core/model/phrase.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import type { WriteOutcome } from '../../../../src/core/model/write-trial.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const refused: WriteOutcome = { kind: 'refused', errno: 1114, says: plain('The table is full.') };
const waiting: WriteOutcome = { kind: 'waiting', ms: 6_200 };

function tried(drawing: string, outcome: WriteOutcome, failures: number): Topology {
  return { ...draw(drawing), writeTrial: { master: 'db1:3306', outcome, failures } };
}

function found(topology: Topology): readonly string[] {
  return analyse(topology, policy).map((it) => it.code);
}

test.each([
  { outcome: refused, failures: 2, is: true },
  { outcome: refused, failures: 1, is: false },
  { outcome: waiting, failures: 2, is: true },
  { outcome: { kind: 'no-verdict' } as const, failures: 0, is: false },
  { outcome: { kind: 'written' } as const, failures: 0, is: false },
])('$outcome.kind, $failures times: the master cannot write: $is', ({ outcome, failures, is }) => {
  expect(found(tried('db1\n+ db2', outcome, failures)).includes('MasterCannotWrite')).toBe(is);
});

test('the evidence is what the server said, or for how long it said nothing', () => {
  const evidence = [refused, waiting].flatMap((outcome) =>
    analyse(tried('db1\n+ db2', outcome, 3), policy).flatMap((it) => it.evidence.map(inEnglish)),
  );
  expect(evidence).toEqual([
    'The table is full.',
    'db1:3306 did not answer an attempt to write for more than 5 s.',
  ]);
});

test('a commit that waits for its acknowledgement is no trouble of the storage', () => {
  const locked = tried('db1 semi=source waiting=2\n+ db2 semi=none', waiting, 5);
  expect(found(locked)).toContain('LockedSemiSyncMaster');
  expect(found(locked)).not.toContain('MasterCannotWrite');
});

test.each(['db1 ro\n+ db2', 'db1 silent\n+ db2', 'db1 denied\n+ db2'])(
  'nothing is known of the storage of a master that is closed, dead or denied: %s',
  (drawing) => {
    expect(found(tried(drawing, refused, 5))).not.toContain('MasterCannotWrite');
  },
);

test.each([
  { outcome: waiting, drawing: 'db1', is: true },
  { outcome: refused, drawing: 'db1', is: false },
  // Whether its commits wait for an acknowledgement cannot be asked.
  { outcome: waiting, drawing: 'db1 semi=source clients=1', is: false },
])('$drawing hangs over questions too, $outcome.kind: $is', ({ outcome, drawing, is }) => {
  const before = draw(`${drawing}\n+ db2`);
  const topology = {
    ...draw('db1 hung\n+ db2', null, before),
    writeTrial: { master: 'db1:3306', outcome, failures: 2 },
  };
  expect(found(topology).includes('MasterCannotWrite')).toBe(is);
});

test('a right that is missing is named with what grants it, and is no trouble of the storage', () => {
  const topology = tried('db1\n+ db2', { kind: 'missing-rights', grant: 'GRANT X' }, 0);
  expect(analyse(topology, policy)).toEqual([
    expect.objectContaining({
      code: 'MissingRights',
      says: 'Our user lacks rights on db1:3306: GRANT X.',
    }),
  ]);
});
