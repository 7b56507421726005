import { keepAlive } from '../../dialect/advisory-lock.ts';
import type { Session } from './session.ts';

const aliveEveryMs = 3_000;
const aliveMs = 10_000;

/** Returns how to stop. A session that is lost needs no more: whoever uses it learns. */
export function keepSessionAlive(session: Session): () => void {
  const timer = setInterval(() => {
    // A session that runs a statement is not idle; a word behind it would only wait, and cut it when it is long.
    if (!session.busy) {
      session.query(keepAlive, aliveMs).catch(() => {
        clearInterval(timer);
      });
    }
  }, aliveEveryMs);
  return () => {
    clearInterval(timer);
  };
}
