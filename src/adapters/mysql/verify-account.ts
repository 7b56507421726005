import { accountName, type DatabaseUser } from '../../core/model/database-user.ts';
import { hostMatches } from '../../core/model/host-pattern.ts';
import type { Server } from '../../core/model/instance.ts';
import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Clock } from '../../core/ports.ts';
import { accountQuery, missingRightsQuery, whoAmIQuery } from '../../dialect/accounts.ts';
import { connect, type Login } from './connect.ts';
import type { Session } from './session.ts';

const askEveryMs = 200;
const questionMs = 2_000;
/** How long a changed password may be on its way, and how often it is tried meanwhile. */
const arrivalMs = 5_000;
const retryEveryMs = 500;

export interface Verifying {
  readonly session: Session;
  readonly server: Server;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly password: string | undefined;
  readonly login: Login;
  readonly connectTimeoutMs: number;
}

/** Waits until the account and its rights are there, then logs in with it. Says what was seen; throws ReplicationError. */
export async function verifyAccount(user: DatabaseUser, verifying: Verifying): Promise<Phrase> {
  await untilThere(user, verifying);
  const { session, password } = verifying;
  const { host } = whoAmIQuery.parse(await session.query(whoAmIQuery.sql, questionMs));
  const isMeant = hostMatches(user.host, host);
  const refused =
    password === undefined ? null : await refusalUntilItArrived(user, password, isMeant, verifying);
  if (refused === null) {
    return phrase('It is there and can log in.');
  }
  const values = { account: accountName(user), instance: session.address };
  if (!isMeant) {
    return phrase(
      'It is there. Whether it can log in cannot be tried from here: {instance} sees us come from {host}, which is not meant.',
      { instance: session.address, host },
    );
  }
  throw new ReplicationError(
    'refused-by-check',
    phrase(
      '{instance} has {account}, but does not let it in with this password: it had one of its own before, or another account of that name is closer to our host. Give it its password anew. The server said: {said}',
      { ...values, said: refused.says },
    ),
  );
}

/** A password that is given anew arrives a moment later on a replica, where the account was there before. */
async function refusalUntilItArrived(
  user: DatabaseUser,
  password: string,
  isMeant: boolean,
  verifying: Verifying,
): Promise<ReplicationError | null> {
  const { clock, signal } = verifying;
  const endsAt = clock.monotonic() + arrivalMs;
  for (;;) {
    const refused = await refusalOfLogin(user, password, verifying);
    if (refused === null || !isMeant || clock.monotonic() > endsAt) return refused;
    await clock.sleep(retryEveryMs, signal);
  }
}

async function untilThere(user: DatabaseUser, verifying: Verifying): Promise<void> {
  const { session, server, clock, deadlineMs, signal } = verifying;
  const endsAt = clock.monotonic() + deadlineMs;
  const account = accountQuery(user);
  const rights = missingRightsQuery(user, server);
  for (;;) {
    const there = account.parse(await session.query(account.sql, questionMs));
    const missing = there ? rights.parse(await session.query(rights.sql, questionMs)) : [];
    if (there && missing.length === 0) {
      return;
    }
    if (clock.monotonic() + askEveryMs > endsAt) {
      throw new ReplicationError(
        'deadline',
        there
          ? phrase('{account} lacks {rights} on {instance}.', {
              account: accountName(user),
              rights: missing.join(', '),
              instance: session.address,
            })
          : phrase('{account} did not arrive on {instance} within {count} s.', {
              account: accountName(user),
              instance: session.address,
              count: Math.round(deadlineMs / 1000),
            }),
      );
    }
    await clock.sleep(askEveryMs, signal);
  }
}

/** Null when it may log in. */
async function refusalOfLogin(
  user: DatabaseUser,
  password: string,
  { session, login, connectTimeoutMs, signal }: Verifying,
): Promise<ReplicationError | null> {
  const own: Login = { ...login, user: user.name, password: () => Promise.resolve(password) };
  try {
    const tried = await connect(session.address, own, connectTimeoutMs, signal);
    tried.hangUp();
    return null;
  } catch (error) {
    if (error instanceof ReplicationError && error.errno !== undefined) return error;
    throw error;
  }
}
