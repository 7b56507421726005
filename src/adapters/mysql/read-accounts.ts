import type { DatabaseAccount } from '../../core/model/check-up.ts';
import type { Server } from '../../core/model/instance.ts';
import { accountQueries } from '../../dialect/account-logins.ts';
import type { Session } from './session.ts';

/** Whose accounts to look for, and what the server there is. */
export interface Whose {
  readonly server: Server;
  readonly users: readonly string[];
}

/** Accounts of these users; undefined where the server does not tell. */
export async function readAccounts(
  session: Session,
  { server, users }: Whose,
  timeoutMs: number,
): Promise<readonly DatabaseAccount[] | undefined> {
  for (const { sql, parse } of accountQueries(users, server)) {
    const found = await session.query(sql, timeoutMs).then(parse, () => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}
