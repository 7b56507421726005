import { expect, test } from 'vitest';
import { Knocks } from '../../../../src/adapters/mysql/knocks.ts';
import type { Session } from '../../../../src/adapters/mysql/session.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { plain } from '../../../../src/core/model/phrase.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import { until } from '../../../support/harness/until.ts';

// Long enough that a busy machine cannot be mistaken for a wait.
const patienceMs = 150;
const fullMs = 1_000;
const never = new AbortController().signal;

/** Attempts that end as `ends` says for each; without a word they end at their full time. */
function knocksOn(ends: (place: number, signal: AbortSignal) => Promise<Session>) {
  const begun: number[] = [];
  const waits: number[] = [];
  const end = new AbortController();
  const knocks = new Knocks({
    address: 'db1:3306',
    clock: {
      ...systemClock,
      sleep: (ms, within) => {
        waits.push(ms);
        return systemClock.sleep(ms, within);
      },
    },
    end: end.signal,
    attempt: (signal) => {
      begun.push(performance.now());
      return ends(begun.length - 1, signal);
    },
  });
  return { knocks, begun, waits, end };
}

async function unanswered(_: number, signal: AbortSignal): Promise<Session> {
  await systemClock.sleep(fullMs, signal).catch(() => undefined);
  throw new ReplicationError('timed-out', plain('too late'));
}

/** The first attempt ends so after a while, none of the others in time. */
function firstEndsAfter(ms: number, end: () => Session | Promise<Session>) {
  return knocksOn(async (place, signal) => {
    if (place > 0) return unanswered(place, signal);
    await systemClock.sleep(ms, signal);
    return end();
  });
}

function untouched(): never {
  throw new Error('Nothing is asked here.');
}

function session(closed: { value: boolean }): Session {
  return {
    address: 'db1:3306',
    id: 1,
    busy: false,
    closed: false,
    query: untouched,
    queryAll: untouched,
    attempt: untouched,
    idle: untouched,
    renew: untouched,
    onClose: () => undefined,
    hangUp: () => {
      closed.value = true;
    },
  };
}

async function refuse(): Promise<Session> {
  throw new ReplicationError('refused', plain('nobody listens'));
}

async function codeOf(answer: Promise<unknown>): Promise<string> {
  return answer.then(
    () => 'answered',
    (error: unknown) => (error instanceof ReplicationError ? error.code : 'bug'),
  );
}

test('only the first probe waits for a server that hangs, and a new attempt goes out beside the old ones', async () => {
  const { knocks, begun, waits, end } = knocksOn(unanswered);
  const first = performance.now();
  expect(await codeOf(knocks.answer(patienceMs, never))).toBe('timed-out');
  expect(performance.now() - first).toBeGreaterThan(patienceMs - 5);
  expect(Math.min(...waits)).toBeGreaterThan(patienceMs / 2);
  expect(await codeOf(knocks.answer(patienceMs, never))).toBe('timed-out');
  expect(Math.min(...waits)).toBeLessThan(patienceMs / 2);
  await until('a third attempt begins by itself', () => begun.length > 2);
  end.abort();
});

test('an attempt that is answered late is there for the next probe', async () => {
  const closed = { value: false };
  const { knocks, end } = firstEndsAfter(patienceMs * 2, () => session(closed));
  expect(await codeOf(knocks.answer(patienceMs, never))).toBe('timed-out');
  await systemClock.sleep(patienceMs * 2, never);
  expect(await codeOf(knocks.answer(patienceMs, never))).toBe('answered');
  expect(closed.value).toBe(false);
  end.abort();
});

test('a refusal is told at once, and never an old one', async () => {
  const { knocks, end } = knocksOn(refuse);
  expect(await codeOf(knocks.answer(patienceMs, never))).toBe('refused');
  const { knocks: late, end: lateEnd } = firstEndsAfter(patienceMs * 1.5, refuse);
  expect(await codeOf(late.answer(patienceMs, never))).toBe('timed-out');
  await systemClock.sleep(patienceMs, never);
  expect(await codeOf(late.answer(patienceMs, never))).toBe('timed-out');
  end.abort();
  lateEnd.abort();
});

test('a session that nobody asks for any more is closed', async () => {
  const closed = { value: false };
  const { knocks, end } = firstEndsAfter(patienceMs * 1.5, () => session(closed));
  await codeOf(knocks.answer(patienceMs, never));
  await systemClock.sleep(patienceMs * 2, never);
  knocks.end();
  expect(closed.value).toBe(true);
  end.abort();
});
