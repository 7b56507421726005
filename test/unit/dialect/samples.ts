import { readFileSync } from 'node:fs';
import type { Row } from '../../../src/dialect/answer.ts';
import {
  followUpQueries,
  probeQueries,
  type Identity,
  type ProbeAnswer,
  type ProbePart,
} from '../../../src/dialect/probe-queries.ts';
import { eventRightsSql } from '../../../src/dialect/scheduled-events.ts';

/** What five real servers answered, as a master and as its replica. */
export const sampleNames = [
  'mariadb-10.5',
  'mariadb-10.11',
  'mariadb-11.8',
  'mysql-5.6',
  'mysql-9.7',
] as const;

export type SampleName = (typeof sampleNames)[number];

export interface Refused {
  readonly errno: number;
  readonly message: string;
}

export interface Sample {
  readonly variables: Readonly<Record<string, string>>;
  readonly statements: Readonly<Record<string, readonly Row[] | Refused>>;
}

export function sampleOf(name: SampleName, role: 'master' | 'replica'): Sample {
  const file = new URL(`../../fixtures/server-rows/${name}.json`, import.meta.url);
  const parsed: Record<'master' | 'replica', Sample> = JSON.parse(readFileSync(file, 'utf8'));
  return parsed[role];
}

export function identityOf(sample: Sample): Identity {
  return {
    version: sample.variables['version'] ?? '',
    versionComment: sample.variables['version_comment'] ?? '',
  };
}

export function rowsOf(sample: Sample, statement: string): readonly Row[] {
  const answer = sample.statements[statement];
  if (answer === undefined || 'errno' in answer) {
    throw new Error(`The sample has no rows of ${statement}.`);
  }
  return answer;
}

/** Answers every query of a probe as the recorded server did. */
export function answersOf(sample: Sample): Map<ProbePart, ProbeAnswer> {
  const { version, versionComment } = identityOf(sample);
  const answers = new Map<ProbePart, ProbeAnswer>();
  for (const { part, sql } of probeQueries(version, versionComment)) {
    answers.set(part, replay(sample, sql));
  }
  for (const { part, sql } of followUpQueries(answers)) {
    answers.set(part, replay(sample, sql));
  }
  return answers;
}

/** Variables that the recording did not ask for, as these servers have them. */
const unrecorded = {
  port: '3306',
  event_scheduler: 'OFF',
  gtid_binlog_state: '',
  rpl_semi_sync_master_timeout: '10000',
};

function replay(sample: Sample, sql: string): ProbeAnswer {
  const variables: Record<string, string> = { ...unrecorded, ...sample.variables };
  if (sql.startsWith('SHOW GLOBAL VARIABLES')) {
    const rows = Object.entries(variables)
      .filter(([name]) => sql.includes(`'${name}'`))
      .map(([name, value]) => ({ Variable_name: name, Value: value }));
    return { kind: 'rows', rows };
  }
  if (sql.startsWith('SELECT @@GLOBAL.')) {
    const names = [...sql.matchAll(/ AS (\w+)/g)].map(([, name = '']) => name);
    return { kind: 'rows', rows: [Object.fromEntries(names.map((it) => [it, variables[it]]))] };
  }
  if (sql.startsWith('SHOW GLOBAL STATUS')) {
    const asked = Object.keys(sample.statements).filter((it) =>
      it.startsWith('SHOW GLOBAL STATUS'),
    );
    return { kind: 'rows', rows: asked.flatMap((it) => rowsOf(sample, it)) };
  }
  if (sql.includes('performance_schema.')) {
    return { kind: 'rows', rows: [] };
  }
  if (sql.includes('information_schema.')) {
    return { kind: 'rows', rows: [] };
  }
  if (sql === eventRightsSql) {
    return { kind: 'rows', rows: [{ 'Grants for orc@%': 'GRANT USAGE ON *.* TO `orc`@`%`' }] };
  }
  const recorded = sample.statements[sql];
  if (recorded === undefined) {
    throw new Error(`Nothing was recorded for ${sql}.`);
  }
  return 'errno' in recorded
    ? { kind: 'failed', errno: recorded.errno, says: recorded.message }
    : { kind: 'rows', rows: recorded };
}
