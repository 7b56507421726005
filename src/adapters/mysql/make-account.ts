import { accountName, type DatabaseUser } from '../../core/model/database-user.ts';
import type { Server } from '../../core/model/instance.ts';
import { phrase, type Phrase } from '../../core/model/phrase.ts';
import type { Action } from '../../core/model/plan.ts';
import { phraseOf, ReplicationError } from '../../core/model/replication-error.ts';
import { accountQuery, spellCreateUser, type AccountStatements } from '../../dialect/accounts.ts';
import { runBounded } from './bounded-statement.ts';
import type { SecondWay } from './second-session.ts';
import { connect } from './connect.ts';
import type { Session } from './session.ts';
import { newPassword } from './native-hash.ts';
import { refusedHash } from './refused-secret.ts';

type CreateUser = Extract<Action, { readonly do: 'create-user' }>;

export interface MakingAccount {
  readonly session: Session;
  readonly server: Server;
  readonly deadlineMs: number;
  /** The new user's; undefined: nobody gave one. */
  readonly password: string | undefined;
  readonly second: SecondWay;
}

/** Makes an account whole or not at all. Throws ReplicationError, whose sentence says what to do. */
export async function makeAccount(
  action: CreateUser,
  making: MakingAccount,
): Promise<Phrase | null> {
  const { session, server, password } = making;
  if (password === undefined) {
    throw new ReplicationError(
      'refused-by-check',
      phrase('The password of {account} is not known.', { account: accountName(action.user) }),
    );
  }
  if (action.how === 'create' && (await isThere(action.user, making))) {
    if (action.alone) return phrase('It is there already.');
    throw new ReplicationError(
      'refused-by-check',
      phrase('{account} exists on {instance} already; nothing was changed.', {
        account: accountName(action.user),
        instance: session.address,
      }),
    );
  }
  await runAll(spellCreateUser(action, server, newPassword(password)), action, making);
  return null;
}

async function isThere(user: DatabaseUser, making: MakingAccount): Promise<boolean> {
  const { sql, parse } = accountQuery(user);
  try {
    return parse(await making.session.query(sql, making.deadlineMs));
  } catch (error) {
    throw explained(error, user, making);
  }
}

async function runAll(
  { before, make, after, restore, drop }: AccountStatements,
  { user, how }: CreateUser,
  making: MakingAccount,
): Promise<void> {
  let made = 0;
  try {
    for (const sql of before) await run(sql, making);
    for (const sql of make) {
      await run(sql, making);
      made += 1;
    }
  } catch (error) {
    if (made > 0 && how === 'create') await run(drop, making).catch(() => undefined);
    throw explained(error, user, making);
  } finally {
    await cleanUp(after, restore, making);
  }
}

async function cleanUp(
  after: readonly string[],
  restore: readonly string[],
  making: MakingAccount,
): Promise<void> {
  const { session } = making;
  try {
    for (const sql of after) {
      if (!session.closed) await run(sql, making);
    }
  } finally {
    for (const sql of restore) await runSomehow(sql, making);
  }
}

/** A statement that hung ended the session; the server must not stay open for that. */
async function runSomehow(sql: string, making: MakingAccount): Promise<void> {
  const { session } = making;
  try {
    await (session.closed ? runAnew(sql, making) : run(sql, making));
  } catch (error) {
    throw new ReplicationError(
      'statement-failed',
      phrase(
        '{instance} was opened to make the account and could not be closed again; run there: {statement}. {said}',
        {
          instance: session.address,
          statement: sql,
          said: error instanceof ReplicationError ? phraseOf(error) : String(error),
        },
      ),
      { cause: error },
    );
  }
}

/** In a session of its own. */
async function runAnew(sql: string, making: MakingAccount): Promise<void> {
  const { login, connectTimeoutMs } = making.second;
  const signal = AbortSignal.timeout(connectTimeoutMs);
  const session = await connect(making.session.address, login, connectTimeoutMs, signal);
  try {
    await run(sql, { ...making, session });
  } finally {
    session.hangUp();
  }
}

function run(sql: string, { session, deadlineMs, second }: MakingAccount): Promise<void> {
  return runBounded(session, sql, deadlineMs, second);
}

/** No such right, or not to be given on; a name that is half there; a password that is too weak; a read-only server. */
const rightsErrors: ReadonlySet<number> = new Set([1044, 1045, 1142, 1227, 1410, 3878]);
const weakErrors: ReadonlySet<number> = new Set([1819, 4150]);
const readOnlyErrors: ReadonlySet<number> = new Set([1290, 1836]);

function explained(
  error: unknown,
  user: DatabaseUser,
  { session, second }: MakingAccount,
): unknown {
  if (!(error instanceof ReplicationError) || error.errno === undefined) {
    return error;
  }
  const { errno } = error;
  const values = {
    account: accountName(user),
    instance: session.address,
    admin: second.login.user,
    said: phraseOf(error),
  };
  const says = refusedHash(error.says) ? hashRefused(values) : explanation(errno, values);
  return says === null
    ? error
    : new ReplicationError('statement-failed', says, { cause: error, errno });
}

type Values = Readonly<Record<'account' | 'instance' | 'admin' | 'said', string | Phrase>>;

/** By a plug-in that we do not know, else it would have got the password. */
function hashRefused(values: Values): Phrase {
  return phrase(
    'A plug-in of {instance} checks passwords and refuses the hash of this one, which keeps it out of the binary log; switch strict_password_validation off meanwhile. The server said: {said}',
    values,
  );
}

function explanation(errno: number, values: Values): Phrase | null {
  if (weakErrors.has(errno)) {
    return phrase(
      'The password of {account} is too weak for the password policy of {instance}; choose a longer one, or let one be generated. The server said: {said}',
      values,
    );
  }
  if (errno === 1396) {
    return phrase(
      '{instance} cannot make {account}: something of that name is there already, perhaps a role or an account that was removed in part; drop it, or choose another name. The server said: {said}',
      values,
    );
  }
  if (readOnlyErrors.has(errno)) {
    return phrase(
      '{instance} is read-only for {admin}; give another administrator. The server said: {said}',
      values,
    );
  }
  return rightsErrors.has(errno)
    ? phrase(
        '{admin} lacks a right on {instance} that making {account} needs: to create users, to give on every right that it needs, and where a replica gets it by itself the right to set sql_log_bin; give another administrator. The server said: {said}',
        values,
      )
    : null;
}
