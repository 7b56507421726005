import type { DatabaseAccount } from '../../core/model/check-up.ts';
import { accountsQuery } from '../../dialect/check-up-queries.ts';
import type { Session } from './session.ts';

/** Accounts of these users; undefined where the server does not tell. */
export async function readAccounts(
  session: Session,
  users: readonly string[],
  timeoutMs: number,
): Promise<readonly DatabaseAccount[] | undefined> {
  const { sql, parse } = accountsQuery(users);
  return session.query(sql, timeoutMs).then(parse, () => undefined);
}
