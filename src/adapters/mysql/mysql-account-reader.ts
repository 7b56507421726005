import type { UserTask } from '../../core/model/database-user.ts';
import type { AccountReader } from '../../core/ports.ts';
import type { Server } from '../../core/model/instance.ts';
import {
  accountQuery,
  ownMissingGrantQuery,
  replicaHostsQuery,
  whoAmIQuery,
} from '../../dialect/accounts.ts';
import { connect, type Login } from './connect.ts';
import type { Session } from './session.ts';

export interface AskingOnce {
  readonly login: Login;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
}

/** Asks over a session of its own each time. */
export function mysqlAccountReader(asking: AskingOnce): AccountReader {
  return {
    stateOf: async (address, account, signal) => {
      const { sql, parse } = accountQuery(account);
      const found = await ask(address, asking, signal, async (session) =>
        parse(await session.query(sql, asking.queryTimeoutMs)),
      );
      return found === undefined ? 'unknown' : found ? 'present' : 'absent';
    },
  };
}

/** From which hosts a user with this task comes, as the server sees it: its replicas, else us. Empty when it cannot be asked. */
export async function hostsSeenBy(
  address: string,
  task: UserTask,
  asking: AskingOnce,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { queryTimeoutMs } = asking;
  const hosts = await ask(address, asking, signal, async (session) => {
    const { host } = whoAmIQuery.parse(await session.query(whoAmIQuery.sql, queryTimeoutMs));
    if (task !== 'replication') return [host];
    const seen = replicaHostsQuery.parse(
      await session.query(replicaHostsQuery.sql, queryTimeoutMs),
    );
    return seen.length === 0 ? [host] : seen;
  });
  return hosts ?? [];
}

/** The statement that gives our own account what it lacks for a task there; null: nothing, or it cannot be asked. */
export async function missingGrantOn(
  address: string,
  wanted: { readonly task: UserTask; readonly server: Server },
  asking: AskingOnce,
  signal: AbortSignal,
): Promise<string | null> {
  const { sql, parse } = ownMissingGrantQuery(wanted.task, wanted.server);
  const grant = await ask(address, asking, signal, async (session) =>
    parse(await session.query(sql, asking.queryTimeoutMs)),
  );
  return grant ?? null;
}

async function ask<Answer>(
  address: string,
  { login, connectTimeoutMs }: AskingOnce,
  signal: AbortSignal,
  question: (session: Session) => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    const session = await connect(address, login, connectTimeoutMs, signal);
    return await question(session).finally(() => {
      session.hangUp();
    });
  } catch {
    // Whatever is the matter with the server, the topology tells it.
    return undefined;
  }
}
