import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FoundEndpoint } from '../../../../src/adapters/docker/docker-endpoint.ts';
import { bounded } from '../../../../src/adapters/docker/open-docker.ts';

const found: FoundEndpoint = {
  endpoint: { kind: 'socket', path: '/run/docker.sock' },
  spelled: 'unix:///run/docker.sock',
  certificates: null,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An engine that says nothing until it is cut. */
async function silence(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw new Error('cut');
}

test('a question that stays open is cut, and the sentence says so', async () => {
  const asked = bounded(found, 15_000, silence).catch((error: unknown) => error);
  vi.advanceTimersByTime(15_000);
  expect(await asked).toMatchObject({
    code: 'not-asked',
    message: 'Docker at unix:///run/docker.sock gave no answer within 15000 ms.',
  });
});

test('a question that nobody waits for any more is cut at once', async () => {
  const leaves = new AbortController();
  const asked = bounded(found, 15_000, silence, leaves.signal);
  leaves.abort();
  await expect(asked).rejects.toThrow('cut');
});

test('what came of it is not cut later', async () => {
  const signal = await bounded(found, 15_000, (it) => Promise.resolve(it));
  vi.advanceTimersByTime(60_000);
  expect(signal.aborted).toBe(false);
});
