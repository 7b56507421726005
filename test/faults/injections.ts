import type { Row } from '../../src/adapters/lab/ask.ts';
import { testUsers } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { createConnection, type Connection } from 'mysql2/promise';
import { until } from '../support/harness/until.ts';
import type { Scene } from './scene.ts';

type Statement = (scene: Scene, member: TestMember) => Promise<readonly Row[]>;

function statement(words: (word: string) => string): Statement {
  return (scene, member) => member.sql(words(scene.watched.word));
}

/** What is done to replicas by hand. */
export const sql = {
  stopReceiver: statement((word) => `STOP ${word} IO_THREAD`),
  startReceiver: statement((word) => `START ${word} IO_THREAD`),
  stopApplier: statement((word) => `STOP ${word} SQL_THREAD`),
  startApplier: statement((word) => `START ${word} SQL_THREAD`),
} as const;

/** Rows with ids that no writer uses; one transaction each. */
export async function insertRows(
  member: TestMember,
  count: number,
  first = 900_000_000,
): Promise<void> {
  const rows = Array.from({ length: count }, (_, place) => first + place);
  await member.sql(
    ...rows.map((id) => `INSERT INTO written.rows_of (id, writer) VALUES (${String(id)}, 99)`),
  );
}

/** Locks the rows on one member, so that its applier waits; returns how to let go. */
export async function holdApplier(member: TestMember): Promise<() => void> {
  const connection = await asRoot(member);
  await connection.query('LOCK TABLES written.rows_of READ');
  return () => {
    connection.destroy();
  };
}

/** The applier stays so many seconds behind its source. Nothing received may be unapplied: it could be thrown away. */
export async function delayApplier(
  { watched }: Scene,
  member: TestMember,
  seconds: number,
): Promise<void> {
  const { isMariadb, word } = watched;
  const change = isMariadb ? 'MASTER TO MASTER_DELAY' : 'REPLICATION SOURCE TO SOURCE_DELAY';
  await member.sql(`STOP ${word}`, `CHANGE ${change} = ${String(seconds)}`, `START ${word}`);
}

/** Fails unless the rows of `insertRows` are there, all of them. */
export async function hasRows(member: TestMember, count: number): Promise<void> {
  const there = await member.value('SELECT COUNT(*) FROM written.rows_of WHERE writer = 99');
  if (there !== String(count)) {
    throw new Error(`${String(there)} of ${String(count)} rows were applied before writes opened.`);
  }
}

export function asRoot(member: TestMember): Promise<Connection> {
  return asUser(member, testUsers.root);
}

export async function asUser(
  member: TestMember,
  account: { readonly user: string; readonly password: string },
): Promise<Connection> {
  const connection = await createConnection({ host: '127.0.0.1', port: member.port, ...account });
  connection.on('error', () => undefined);
  return connection;
}

/** Waits until the relay logs of these hold all that the master wrote. Nobody may write meanwhile. */
export async function received(scene: Scene, ...members: readonly TestMember[]): Promise<void> {
  const { watched, master } = scene;
  const [end] = await master.sql(
    watched.isMariadb ? 'SHOW MASTER STATUS' : 'SHOW BINARY LOG STATUS',
  );
  const isThere = async (member: TestMember): Promise<boolean> => {
    const [row] = await member.sql(`SHOW ${watched.word} STATUS`);
    const file = row?.['Source_Log_File'] ?? row?.['Master_Log_File'];
    const at = row?.['Read_Source_Log_Pos'] ?? row?.['Read_Master_Log_Pos'];
    return file === end?.['File'] && Number(at) === Number(end?.['Position']);
  };
  for (const member of members) {
    await until(`${member.key} received everything`, () => isThere(member));
  }
}

/**
 * Kills the master while no row is under way and both replicas have received all of them. In the middle of a commit the
 * last row would be on one replica, or on none: then it decides who may take over, and who may come back.
 */
export async function killBetweenRows(scene: Scene): Promise<void> {
  const goOn = await scene.hold();
  try {
    await received(scene, scene.one, scene.two);
    await scene.master.kill9();
  } finally {
    goOn();
  }
}
