import type { LockReader } from '../../core/ports.ts';
import type { AskingOnce } from './mysql-account-reader.ts';
import { connect } from './connect.ts';
import { holderOf } from './take-from-holder.ts';

/** Asks over a session of its own each time. */
export function mysqlLockReader({ login, connectTimeoutMs }: AskingOnce): LockReader {
  return {
    holderOf: async (address, signal) => {
      try {
        const session = await connect(address, login, connectTimeoutMs, signal);
        const holder = await holderOf(session).finally(() => {
          session.hangUp();
        });
        return holder ?? null;
      } catch {
        // What is the matter with the server the topology tells.
        return undefined;
      }
    },
  };
}
