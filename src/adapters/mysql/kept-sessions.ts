import { releaseLock } from '../../dialect/advisory-lock.ts';
import type { Session } from './session.ts';

/** How long a borrowed session may take to give its lock back, in milliseconds. */
const releaseMs = 2_000;

/**
 * The sessions of one account that stay open from round to round. Where a server lets that account have no further one,
 * a plan and the doctor use it too: a limit must not keep a failover from its locks.
 */
export class KeptSessions {
  readonly user: string;
  readonly #kept = new Map<string, Session>();
  readonly #lent = new Map<Session, number>();

  constructor(user: string) {
    this.user = user;
  }

  keep(session: Session): void {
    this.#kept.set(session.address, session);
    session.onClose(() => {
      if (this.#kept.get(session.address) === session) this.#kept.delete(session.address);
    });
  }

  isLent(session: Session): boolean {
    return (this.#lent.get(session) ?? 0) > 0;
  }

  /** A second user of the session that is open there; hanging up gives it back. Undefined where none is open. */
  borrow(address: string): Session | undefined {
    const session = this.#kept.get(address);
    if (session === undefined || session.closed) {
      return undefined;
    }
    this.#lent.set(session, (this.#lent.get(session) ?? 0) + 1);
    let isBack = false;
    return {
      ...session,
      get busy() {
        return session.busy;
      },
      get closed() {
        return isBack || session.closed;
      },
      onClose: (listener) => {
        session.onClose(() => {
          if (!isBack) listener();
        });
      },
      hangUp: () => {
        if (!isBack) {
          isBack = true;
          this.#takeBack(session);
        }
      },
    };
  }

  #takeBack(session: Session): void {
    this.#lent.set(session, (this.#lent.get(session) ?? 1) - 1);
    if (!session.closed) {
      session.renew();
      session.query(releaseLock, releaseMs).catch(() => {
        session.hangUp();
      });
    }
  }
}
