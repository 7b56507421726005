import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import type { Clock } from '../../../../src/core/ports.ts';
import { newRecovery } from '../../../../src/core/record/recovery-record.ts';
import { planOf } from '../../builders/sample-plan.ts';

/** A folder that is gone when `await using`'s, or here `using`'s, block ends. */
export function scratchDir(): { readonly dir: string; [Symbol.dispose](): void } {
  const dir = mkdtempSync(join(tmpdir(), 'switchover-store-'));
  return {
    dir,
    [Symbol.dispose]: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A clock that stands still until it is told to move. The two times move apart, as they do in life. */
export interface SetClock extends Clock {
  time: { now: number; monotonic: number };
}

export function setClock(): SetClock {
  const time = { now: 1_790_000_000_000, monotonic: 5_000_000 };
  return {
    time,
    now: () => time.now,
    monotonic: () => time.monotonic,
    sleep: () => Promise.reject(new Error('Nothing in the store waits.')),
  };
}

/** A recovery of three steps that has just begun. */
export function begun(cluster: string, at: number, letters = 'aaaaaa'): Recovery {
  return newRecovery(
    { ...planOf(3), cluster },
    { actor: 'ann@desk (41)', trigger: 'user', at, randomLetters: letters },
  );
}
