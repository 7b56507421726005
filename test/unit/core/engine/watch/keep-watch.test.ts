import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { analyse } from '../../../../../src/core/analyse/analyse.ts';
import {
  keepWatch,
  type Verdict,
  type Watched,
} from '../../../../../src/core/engine/watch/keep-watch.ts';
import { stalled } from '../../../../../src/core/engine/watch/stall.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { policy } from '../../../../support/builders/world.ts';

const well = 'db1\n+ db2';
const dead = 'db1 silent\n+ db2 receiver=connecting';

/** Replicas that were asked about a master that nobody reaches listened for 0.8 s in vain. */
function asked({ suspicion }: Verdict): number | undefined {
  return suspicion?.code === 'UnreachableMaster' ? suspicion.since + 10 : undefined;
}

/** A watch over drawings on a clock that the test turns; `lengthsMs`: how long each round takes. */
async function watchOver(
  drawings: readonly string[],
  lengthsMs: readonly number[] = [],
  lostSince?: (verdict: Verdict) => number | undefined,
): Promise<{ verdicts: readonly Verdict[]; rests: readonly number[] }> {
  const ending = new AbortController();
  const verdicts: Verdict[] = [];
  const rests: number[] = [];
  let now = 0;
  let round = -1;
  const watched: Watched = {
    pollMs: 1000,
    clock: {
      now: () => now,
      monotonic: () => now,
      sleep: async (ms) => {
        rests.push(ms);
        now += ms;
      },
    },
    confirmSeconds: async () => 0.3,
    round: async () => {
      round += 1;
      now += lengthsMs[round] ?? 10;
      const topology = draw(drawings[round] ?? well);
      return { topology, findings: analyse(topology, policy), running: null, recoveries: [] };
    },
    onLost: () => undefined,
    act: async (_, verdict) => {
      verdicts.push(verdict);
      if (verdicts.length === drawings.length) {
        ending.abort();
      }
      return lostSince?.(verdict);
    },
    log: () => undefined,
  };
  await keepWatch(watched, ending.signal);
  return { verdicts, rests };
}

test('a healthy cluster is polled, a suspected one is looked at again at once', async () => {
  const { rests } = await watchOver([well, dead, dead, well]);
  expect(rests.slice(0, 3)).toEqual([1000, 50, 50]);
});

test('a verdict is confirmed only when it has held', async () => {
  const { verdicts } = await watchOver([well, ...Array.from({ length: 8 }, () => dead)]);
  const first = verdicts.findIndex((it) => it.confirmed);
  // Rounds of 10 ms with rests of 50 ms: 0.3 s have passed after six of them.
  expect(first).toBe(1 + 5);
});

test('replicas that listened in vain have held the verdict on a master that nobody reaches', async () => {
  const hung = 'db1 silent\n+ db2';
  const { verdicts } = await watchOver([hung, dead, dead], [10, 800, 10], asked);
  expect(verdicts.map((it) => it.confirmed)).toEqual([false, false, true]);
  // What they told is about the round that follows, and not about another suspicion later.
  const later = await watchOver([hung, well, dead, dead, dead], [], asked);
  expect(later.verdicts.some((it) => it.confirmed)).toBe(false);
});

test('the round that may confirm a verdict begins no later than it may', async () => {
  const { rests } = await watchOver([dead, dead, dead], [10, 240, 10]);
  expect(rests[1]).toBe(10);
});

test('a round after a stall is not judged', async () => {
  const { verdicts } = await watchOver([dead, dead, dead], [10, 60_000, 10]);
  expect(verdicts.map((it) => it.suspicion?.rounds)).toEqual([1, undefined, 1]);
});

test('a connection that ends wakes the next round', async () => {
  const ending = new AbortController();
  const rounds: number[] = [];
  let wake: (() => void) | undefined;
  const began = performance.now();
  const topology = draw(well);
  const watching = keepWatch(
    {
      pollMs: 60_000,
      clock: {
        now: () => Date.now(),
        monotonic: () => performance.now(),
        sleep: (ms, signal) => sleep(ms, undefined, { signal }),
      },
      confirmSeconds: async () => 0.3,
      round: async () => ({ topology, findings: [], running: null, recoveries: [] }),
      onLost: (listener) => {
        wake = listener;
      },
      act: async () => {
        rounds.push(performance.now() - began);
        if (rounds.length === 1) {
          setImmediate(() => wake?.());
        } else {
          ending.abort();
        }
        return undefined;
      },
      log: () => undefined,
    },
    ending.signal,
  );
  await watching;
  expect(rounds[1]).toBeLessThan(5_000);
});

test.each([
  { planned: 1000, took: 1100, is: false },
  { planned: 1000, took: 5900, is: false },
  { planned: 1000, took: 6100, is: true },
])('a rest of $planned ms that took $took ms is a stall: $is', ({ planned, took, is }) => {
  expect(stalled(planned, took)).toBe(is);
});
