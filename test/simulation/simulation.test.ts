import { env } from 'node:process';
import { expect, test } from 'vitest';
import { play } from './history.ts';

/** The first of the seeds: fixed in `npm run check`, fresh in `npm test`, which prints it. */
const first = Number(env['SWITCHOVER_SEED'] ?? 1_080);
const histories = 100;

test(
  `nothing is lost and nobody is opened twice in ${String(histories)} histories from seed ${String(first)} on`,
  { timeout: 120_000 },
  async () => {
    let plans = 0;
    for (let seed = first; seed < first + histories; seed += 1) {
      const { violations, lines, plans: run } = await play(seed);
      const told = violations.map(({ which, says }) => `${which}: ${says}`);
      const story = told.length === 0 ? '' : lines.join('\n');
      expect(told, `npm run simulate -- --once --seed ${String(seed)}\n${story}`).toEqual([]);
      plans += run;
    }
    expect(plans).toBeGreaterThan(histories / 2);
  },
);

test('a seed plays the same history again', async () => {
  const [one, other] = [await play(first), await play(first)];
  expect(other).toEqual(one);
});
