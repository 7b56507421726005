import { expect, test } from 'vitest';
import {
  keepControl,
  leaseMs,
  type ControlContext,
} from '../../../../../src/core/engine/runner/control.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';

/** A clock that stands until it is set; whoever sleeps wakes when it ends. */
function clockAt(start: number) {
  const at = { steady: start, wall: start };
  return {
    at,
    now: () => at.wall,
    monotonic: () => at.steady,
    sleep: (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      }),
  };
}

interface Held {
  lease: boolean | 'unknown';
  lock: boolean;
}

function controlOver(held: Held) {
  const clock = clockAt(1_000);
  const asked = { lease: 0, lock: 0 };
  const over = new AbortController();
  const context: ControlContext = {
    cluster: 'orders',
    clock,
    lease: {
      renew: () => {
        asked.lease += 1;
        if (held.lease === 'unknown') throw new Error('the journal is full');
        return held.lease;
      },
    },
    holdsLock: async () => {
      asked.lock += 1;
      return held.lock;
    },
    log: () => undefined,
  };
  return { control: keepControl(context, over.signal), clock, asked, over };
}

const frozenMs = 26_000;

test('while it does not stand still, nobody is asked', async () => {
  const { control, clock, asked } = controlOver({ lease: false, lock: false });
  clock.at.steady += 4_000;
  expect(await control.lost()).toBeNull();
  expect(asked).toEqual({ lease: 0, lock: 0 });
});

test.each<{ name: string; held: Held; says: RegExp | null }>([
  { name: 'the lease was taken meanwhile', held: { lease: false, lock: true }, says: /changed/ },
  {
    name: 'the server ended the session that held the lock',
    held: { lease: true, lock: false },
    says: /lost its lock/,
  },
  { name: 'both are still ours', held: { lease: true, lock: true }, says: null },
  {
    name: 'the journal does not say, and the lock is ours',
    held: { lease: 'unknown', lock: true },
    says: null,
  },
  {
    name: 'the journal does not say, and the lock is lost',
    held: { lease: 'unknown', lock: false },
    says: /lost its lock/,
  },
])('after standing still: $name', async ({ held, says }) => {
  const { control, clock, asked } = controlOver(held);
  clock.at.steady += frozenMs;
  const answers = await Promise.all([control.lost(), control.lost()]);
  const said = answers.map((it) => (it === null ? '' : inEnglish(it)));
  said.forEach((it) => {
    expect(it).toMatch(says ?? /^$/);
  });
  expect(control.signal.aborted).toBe(says !== null);
  expect(asked.lease).toBe(1);
});

test('a machine that slept proves it too, though its steady clock stood', async () => {
  const { control, clock } = controlOver({ lease: true, lock: false });
  clock.at.wall += 600_000;
  expect(await control.lost()).not.toBeNull();
});

test('what is lost stays lost', async () => {
  const held: Held = { lease: false, lock: true };
  const { control, clock } = controlOver(held);
  clock.at.steady += leaseMs + 1;
  expect(await control.lost()).not.toBeNull();
  held.lease = true;
  expect(await control.lost()).not.toBeNull();
});
