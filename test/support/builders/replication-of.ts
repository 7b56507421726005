import type { TestMember } from '../../servers/test-member.ts';

/** How the two threads of a replica stand, in the server's own words. */
export interface Replication {
  readonly source: string;
  readonly receiver: string;
  readonly applier: string;
  readonly error: string;
}

/** `word`: `SLAVE` or `REPLICA`. Undefined where the server reads from nobody. */
export async function replicationOf(
  member: TestMember,
  word: string,
): Promise<Replication | undefined> {
  const [row] = await member.sql(`SHOW ${word} STATUS`);
  if (row === undefined) {
    return undefined;
  }
  const of = (...names: readonly string[]): string => {
    const value = names.map((it) => row[it]).find((it) => it !== undefined);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return {
    source: `${of('Source_Host', 'Master_Host')}:${of('Source_Port', 'Master_Port')}`,
    receiver: of('Replica_IO_Running', 'Slave_IO_Running'),
    applier: of('Replica_SQL_Running', 'Slave_SQL_Running'),
    error: [of('Last_IO_Error'), of('Last_SQL_Error')].filter((it) => it !== '').join(' | '),
  };
}
