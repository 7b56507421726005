import { expect, test } from 'vitest';
import { confirmed, suspect, type Suspicion } from '../../../../src/core/decide/suspicion.ts';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const dead = 'db1 silent\n+ db2 receiver=connecting\n+ db3 receiver=connecting';
const unreachable = 'db1 silent\n+ db2\n+ db3';
const well = 'db1\n+ db2\n+ db3';

/** Rounds of drawings, `everyMs` apart; what is suspected after the last, and whether it is confirmed. */
function after(
  rounds: readonly string[],
  everyMs: number,
): { suspicion: Suspicion | undefined; is: boolean } {
  let suspicion: Suspicion | undefined;
  let now = 1000;
  for (const drawing of rounds) {
    now += everyMs;
    suspicion = suspect(suspicion, analyse(draw(drawing), policy), now);
  }
  return { suspicion, is: suspicion !== undefined && confirmed(suspicion, now, 0.3) };
}

test.each([
  { name: 'one round is never enough', rounds: [dead], everyMs: 1000, is: false },
  {
    name: 'two rounds within the time are not enough',
    rounds: [dead, dead],
    everyMs: 100,
    is: false,
  },
  {
    name: 'a verdict that held for the time counts',
    rounds: [dead, dead, dead, dead],
    everyMs: 100,
    is: true,
  },
  {
    name: 'a round that saw the master begins anew',
    rounds: [dead, dead, well, dead, dead],
    everyMs: 250,
    is: false,
  },
  {
    name: 'another verdict begins anew',
    rounds: [unreachable, unreachable, dead, dead],
    everyMs: 250,
    is: false,
  },
])('$name', ({ rounds, everyMs, is }) => {
  expect(after(rounds, everyMs).is).toBe(is);
});

test('a healthy cluster is not suspected', () => {
  expect(after([dead, well], 100).suspicion).toBeUndefined();
});
