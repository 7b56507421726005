import type { Server } from '../../core/model/instance.ts';
import type { Phrase } from '../../core/model/phrase.ts';
import { phraseOf, ReplicationError } from '../../core/model/replication-error.ts';
import { UnexpectedAnswer } from '../../dialect/answer.ts';
import { assembleServer, MissingRights } from '../../dialect/assemble-server.ts';
import {
  followUpQueries,
  identityQuery,
  probeQueries,
  type Identity,
  type ProbeAnswer,
  type ProbeAnswers,
  type ProbePart,
  type ProbeQuery,
} from '../../dialect/probe-queries.ts';
import { AnswerTooLarge, type Session } from './session.ts';

export interface LeftOut {
  readonly leftOut?: ProbePart | undefined;
  readonly known?: ReadonlyMap<ProbePart, ProbeAnswer>;
}

interface Unasked {
  readonly unasked: ReadonlyMap<ProbePart, ProbeAnswer>;
  readonly forbidden: Map<ProbePart, ProbeAnswer>;
}

/** One answer was more than we take, and its session was cut. The server lives, and can be asked everything else. */
export class PartTooLarge extends ReplicationError {
  readonly part: ProbePart;

  constructor(part: ProbePart, says: Phrase) {
    super('server-error', says);
    this.part = part;
  }
}

/** What the first question of a session told, and which parts our user may not ask. */
interface Acquaintance {
  readonly identity: Identity;
  readonly forbidden: Map<ProbePart, ProbeAnswer>;
}

/** From the servers' error list: access denied to a database, table, column, statement or routine. */
const rightsErrors: ReadonlySet<number> = new Set([1044, 1142, 1143, 1227, 1370]);

const acquaintances = new WeakMap<Session, Acquaintance>();

/**
 * Asks a server everything a topology needs, in one round trip when no right is missing. What is `known` to be without
 * an answer, or `leftOut`, is not asked. Throws ReplicationError; PartTooLarge where an answer is more than we take.
 */
export async function readServer(
  session: Session,
  timeoutMs: number,
  { leftOut, known = new Map() }: LeftOut = {},
): Promise<Server> {
  try {
    const { identity, forbidden } = await acquaint(session, timeoutMs);
    const all = probeQueries(identity.version, identity.versionComment);
    const queries = all.filter((it) => it.part !== leftOut);
    const unasked = new Map([...known, ...forbidden]);
    const ask = (some: readonly ProbeQuery[]): Promise<ProbeAnswers> =>
      askAll(session, some, { unasked, forbidden }, timeoutMs);
    const answers = await ask(queries);
    const more = await ask(followUpQueries(answers));
    return assembleServer(identity, new Map([...answers, ...more]));
  } catch (error) {
    throw readable(error, session.address);
  }
}

async function acquaint(session: Session, timeoutMs: number): Promise<Acquaintance> {
  const known = acquaintances.get(session);
  if (known !== undefined) {
    return known;
  }
  const identity = identityQuery.parse(await session.query(identityQuery.sql, timeoutMs));
  const fresh: Acquaintance = { identity, forbidden: new Map() };
  acquaintances.set(session, fresh);
  return fresh;
}

async function askAll(
  session: Session,
  queries: readonly ProbeQuery[],
  { unasked, forbidden }: Unasked,
  timeoutMs: number,
): Promise<ProbeAnswers> {
  const allowed = queries.filter((it) => !unasked.has(it.part));
  const answers = new Map<ProbePart, ProbeAnswer>(
    queries.flatMap(({ part }) => {
      const refused = unasked.get(part);
      return refused === undefined ? [] : [[part, refused] as const];
    }),
  );
  for (const [part, answer] of await askTogether(session, allowed, timeoutMs)) {
    answers.set(part, answer);
    // A right stays missing for a session's life; a new session asks again. Other errors may pass.
    if (answer.kind === 'failed' && rightsErrors.has(answer.errno ?? 0)) {
      forbidden.set(part, answer);
    }
  }
  return answers;
}

/** One text for all; where one statement fails, the server leaves out the rest, so each is asked alone. */
async function askTogether(
  session: Session,
  queries: readonly ProbeQuery[],
  timeoutMs: number,
): Promise<readonly (readonly [ProbePart, ProbeAnswer])[]> {
  if (queries.length === 0) {
    return [];
  }
  try {
    const sets = await session.queryAll(
      queries.map((it) => it.sql),
      timeoutMs,
    );
    return queries.map(({ part }, index) => [part, { kind: 'rows', rows: sets[index] ?? [] }]);
  } catch (error) {
    const part = error instanceof AnswerTooLarge ? queries[error.statement]?.part : undefined;
    if (part !== undefined) {
      throw new PartTooLarge(part, phraseOf(error));
    }
    if (!spokenByServer(error)) {
      throw error;
    }
    const answers: (readonly [ProbePart, ProbeAnswer])[] = [];
    for (const query of queries) {
      answers.push([query.part, await askAlone(session, query, timeoutMs)]);
    }
    return answers;
  }
}

async function askAlone(
  session: Session,
  query: ProbeQuery,
  timeoutMs: number,
): Promise<ProbeAnswer> {
  try {
    return { kind: 'rows', rows: await session.query(query.sql, timeoutMs) };
  } catch (error) {
    if (!spokenByServer(error)) {
      throw error;
    }
    return { kind: 'failed', errno: error.errno ?? null, says: error.message };
  }
}

function spokenByServer(error: unknown): error is ReplicationError {
  return error instanceof ReplicationError && error.errno !== undefined;
}

function readable(error: unknown, address: string): unknown {
  if (error instanceof UnexpectedAnswer) {
    return new ReplicationError('server-error', `${address}: ${error.message}`, { cause: error });
  }
  if (error instanceof MissingRights) {
    return new ReplicationError('missing-rights', `${address}: ${error.message}`, { cause: error });
  }
  return error;
}
