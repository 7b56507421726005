import type { Server } from '../core/model/instance.ts';
import { columnsOf, onlyRow, type Columns, type Row } from './answer.ts';
import { can } from './capabilities.ts';
import { joinReplicas, readDumpThreads, readRegisteredReplicas } from './connected-replicas.ts';
import {
  essentialParts,
  probeQueries,
  silentParts,
  type Identity,
  type ProbeAnswers,
  type ProbePart,
} from './probe-queries.ts';
import { readGroup } from './groups.ts';
import { readOmissions } from './omissions.ts';
import { readChannels } from './replica-status.ts';
import { readScheduledEvents } from './scheduled-events.ts';
import { readSemiSync } from './semi-sync.ts';
import { readBinlogEnd, readGtidState, readSettings, readTls, variablesIn } from './variables.ts';
import { readVersion, type Version } from './version.ts';

/** The server would not tell what it cannot be judged without. `message` is a sentence to show. */
export class MissingRights extends Error {
  readonly errno: number | null;

  constructor(sql: string, says: string, errno: number | null) {
    super(`${sql} failed: ${says}`);
    this.name = 'MissingRights';
    this.errno = errno;
  }
}

/**
 * Puts the answers of one probe together. An optional part that failed is named in `missing`.
 * Throws UnexpectedAnswer for an answer it cannot read, MissingRights for an essential part that failed.
 */
export function assembleServer(identity: Identity, answers: ProbeAnswers): Server {
  const { version, versionComment } = identity;
  const known = readVersion(version, versionComment);
  const asked = new Map(probeQueries(version, versionComment).map((it) => [it.part, it.sql]));
  const rowsOf = (part: ProbePart): readonly Row[] =>
    rowsIn(answers, part, asked.get(part) ?? part);
  const variables = variablesIn(rowsOf('variables'), 'SHOW GLOBAL VARIABLES');
  const status = variablesIn(rowsOf('status'), 'SHOW GLOBAL STATUS');
  const channels = channelsIn(answers, known, {
    rows: rowsOf('channels'),
    statement: asked.get('channels') ?? '',
    ownId: variables.whole('server_id'),
  });
  const settings = readSettings(variables);
  const group = readGroup(variables, status, toldRows(answers, 'group-members'), {
    readOnly: settings.readOnly,
    follows: channels.length > 0,
  });
  const binlogEnd = asked.get('binlog-end') ?? '';
  return {
    ...known,
    version,
    ...settings,
    events: readScheduledEvents(
      known,
      toldRows(answers, 'events'),
      toldRows(answers, 'event-rights'),
    ),
    gtid: readGtidState(known, variables, gtidColumns(asked, rowsOf)),
    semiSync: readSemiSync(variables, status),
    uptimeSeconds: status.optionalWhole('Uptime') ?? 0,
    omissions: readOmissions(variables, rowsOf('binlog-end')),
    ...(settings.binlog && toldRows(answers, 'binlog-end') === null
      ? { unknownLogFilters: true }
      : {}),
    ...readTls(variables, status),
    channels,
    binlogEnd: readBinlogEnd(rowsOf('binlog-end'), binlogEnd),
    ...readReplicas(answers, asked.get('replicas') ?? ''),
    ...(group === undefined ? {} : { group }),
    missing: missingIn(answers, asked),
  };
}

function channelsIn(
  answers: ProbeAnswers,
  version: Version,
  {
    rows,
    statement,
    ownId,
  }: { readonly rows: readonly Row[]; readonly statement: string; readonly ownId: number },
): Server['channels'] {
  const told = toldRows(answers, 'own-failover');
  const named = told?.map((row) =>
    columnsOf(row, 'replication_connection_configuration').text('channel'),
  );
  const isKnown = named !== undefined || !can(version, 'connectionFailover');
  return readChannels(rows, statement, ownId).map((it) => ({
    ...it,
    ownFailover: isKnown ? (named?.includes(it.name) ?? false) : null,
  }));
}

function gtidColumns(
  asked: ReadonlyMap<ProbePart, string>,
  rowsOf: (part: ProbePart) => readonly Row[],
): Columns | null {
  return asked.has('gtid') ? onlyRow(rowsOf('gtid'), 'SELECT @@GLOBAL.gtid_...') : null;
}

function readReplicas(
  answers: ProbeAnswers,
  statement: string,
): Pick<Server, 'replicas' | 'registered' | 'dumpThreads'> {
  const rows = toldRows(answers, 'replicas');
  const threads = toldRows(answers, 'dump-threads');
  const registered = rows === null ? null : readRegisteredReplicas(rows, statement);
  const dumpThreads = threads === null ? null : readDumpThreads(threads, 'SHOW PROCESSLIST');
  return {
    replicas: joinReplicas(registered ?? [], dumpThreads ?? []),
    ...(registered === null ? {} : { registered }),
    ...(dumpThreads === null ? {} : { dumpThreads }),
  };
}

function rowsIn(answers: ProbeAnswers, part: ProbePart, sql: string): readonly Row[] {
  const answer = answers.get(part);
  if (answer?.kind === 'rows') {
    return answer.rows;
  }
  if (essentialParts.has(part)) {
    throw new MissingRights(sql, answer?.says ?? 'it was not asked.', answer?.errno ?? null);
  }
  return [];
}

/** Null where the question failed or was not asked. */
function toldRows(answers: ProbeAnswers, part: ProbePart): readonly Row[] | null {
  const answer = answers.get(part);
  return answer?.kind === 'rows' ? answer.rows : null;
}

function missingIn(
  answers: ProbeAnswers,
  asked: ReadonlyMap<ProbePart, string>,
): readonly string[] {
  return [...answers].flatMap(([part, answer]) =>
    answer.kind === 'failed' && !silentParts.has(part)
      ? [`${asked.get(part) ?? 'SHOW PROCESSLIST'}: ${answer.says}`]
      : [],
  );
}
