import { dumpThreadsSql, leavesHostsOpen } from './connected-replicas.ts';
import { can } from './capabilities.ts';
import { onlyRow, type Query, type Row } from './answer.ts';
import { groupMembersSql, namesGroup } from './groups.ts';
import { eventRightsSql, eventsSql } from './scheduled-events.ts';
import { gtidSql, statusSql, variablesIn, variablesSql } from './variables.ts';
import { readVersion } from './version.ts';
import { wordsOf } from './words.ts';

/** What one probe asks; each part may fail alone for want of a right. */
export type ProbePart =
  | 'variables'
  | 'gtid'
  | 'status'
  | 'channels'
  | 'replicas'
  | 'binlog-end'
  | 'own-failover'
  | 'events'
  | 'event-rights'
  | 'dump-threads'
  | 'group-members';

export interface ProbeQuery {
  readonly part: ProbePart;
  readonly sql: string;
}

export type ProbeAnswer =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** `says`: the server's own words. */
  | { readonly kind: 'failed'; readonly errno: number | null; readonly says: string };

export type ProbeAnswers = ReadonlyMap<ProbePart, ProbeAnswer>;

export interface Identity {
  readonly version: string;
  readonly versionComment: string;
}

/** Asked once for each connection: everything else depends on it. */
export const identityQuery: Query<Identity> = {
  sql: 'SELECT @@version AS version, @@version_comment AS version_comment',
  parse: (rows) => {
    const columns = onlyRow(rows, 'SELECT @@version');
    return {
      version: columns.text('version'),
      versionComment: columns.optionalText('version_comment') ?? '',
    };
  },
};

const ownFailoverSql =
  "SELECT CHANNEL_NAME AS channel FROM performance_schema.replication_connection_configuration WHERE SOURCE_CONNECTION_AUTO_FAILOVER = '1'";

/**
 * Not worth a word where our user lacks the right: plans switch a failover of its own off then without knowing, and all
 * that protects a member of a group is known without.
 */
export const silentParts: ReadonlySet<ProbePart> = new Set(['own-failover', 'group-members']);

/** Without these a server cannot be judged: without its channels a replica would look like a master. */
export const essentialParts: ReadonlySet<ProbePart> = new Set(['variables', 'gtid', 'channels']);

/** What to ask in one probe; the statements may go as one text. */
export function probeQueries(version: string, versionComment: string): readonly ProbeQuery[] {
  const known = readVersion(version, versionComment);
  const words = wordsOf(known);
  const gtid = gtidSql(known);
  return [
    { part: 'variables', sql: variablesSql },
    ...(gtid === null ? [] : [{ part: 'gtid', sql: gtid } as const]),
    { part: 'status', sql: statusSql },
    { part: 'channels', sql: words.replicaStatus },
    { part: 'binlog-end', sql: words.binlogEnd },
    { part: 'replicas', sql: words.replicas },
    ...(can(known, 'connectionFailover')
      ? [{ part: 'own-failover', sql: ownFailoverSql } as const]
      : []),
    { part: 'events', sql: eventsSql },
    { part: 'event-rights', sql: eventRightsSql },
  ];
}

/**
 * What to ask after the first answers: the process list, where the list of replicas cannot be seen
 * or does not say where they are; the members of a group, where it names one. Mostly nothing.
 */
export function followUpQueries(answers: ProbeAnswers): readonly ProbeQuery[] {
  const replicas = answers.get('replicas');
  const enough = replicas?.kind === 'rows' && !leavesHostsOpen(replicas.rows, 'SHOW REPLICAS');
  return [
    ...(enough ? [] : [{ part: 'dump-threads', sql: dumpThreadsSql } as const]),
    ...(inGroup(answers) ? [{ part: 'group-members', sql: groupMembersSql } as const] : []),
  ];
}

function inGroup(answers: ProbeAnswers): boolean {
  const variables = answers.get('variables');
  return variables?.kind === 'rows' && namesGroup(variablesIn(variables.rows, variablesSql));
}
