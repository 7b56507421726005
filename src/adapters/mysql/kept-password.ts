import type { Clock } from '../../core/ports.ts';

/** How long a password is kept before its source is asked again, in milliseconds: a dead server is dialled every second. */
const keptMs = 30_000;

/** Asks the source at most once in a while, so that a password program is not run for every connection. */
export function keptPassword(
  source: () => Promise<string | undefined>,
  clock: Clock,
): () => Promise<string | undefined> {
  let kept: { readonly at: number; readonly password: Promise<string | undefined> } | undefined;
  return () => {
    if (kept === undefined || clock.monotonic() - kept.at > keptMs) {
      const password = source();
      kept = { at: clock.monotonic(), password };
      // A failure is not kept: the next connection asks again.
      password.catch(() => {
        kept = undefined;
      });
    }
    return kept.password;
  };
}
