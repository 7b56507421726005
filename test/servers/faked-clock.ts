import { access } from 'node:fs/promises';

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** Says why a server cannot be given another time here; undefined when it can. */
export function whyNoFakedClock(): Promise<string | undefined> {
  return access(library).then(
    () => undefined,
    () => `needs ${library}, of Debian's package faketime`,
  );
}

/** What a program is started with whose clock is to be so many seconds ahead of this machine's. */
export function fakedClock(secondsAhead: number): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    FAKETIME: `+${String(secondsAhead)}s`,
    // Waits go by this one; only what the server tells is to be wrong.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
