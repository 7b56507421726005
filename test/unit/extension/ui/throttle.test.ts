import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttle } from '../../../../src/extension/ui/throttle.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('the first call happens at once, and many later ones as one when the time is over', () => {
  const call = vi.fn<() => void>();
  const pace = new Throttle(call, 1000);
  pace.ask();
  pace.ask();
  pace.ask();
  expect(call).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(999);
  expect(call).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(call).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10_000);
  expect(call).toHaveBeenCalledTimes(2);
  pace.dispose();
});

test('nothing is called after it was disposed', () => {
  const call = vi.fn<() => void>();
  const pace = new Throttle(call, 1000);
  pace.ask();
  pace.ask();
  pace.dispose();
  vi.advanceTimersByTime(10_000);
  expect(call).toHaveBeenCalledTimes(1);
});
