import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  makerLives,
  readRecord,
  recordName,
  thisProcess,
  writeRecord,
} from '../../../../src/adapters/lab/lab-record.ts';
import type { LabRecord } from '../../../../src/adapters/lab/lab-record.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchover-record-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a record is read as it was written, and nothing else is left beside it', async () => {
  const record = await sample();
  await writeRecord(folder, record);
  expect(await readRecord(folder)).toEqual(record);
  expect(await readdir(folder)).toEqual([recordName]);
});

test.each(['', '{', 'null', '{"state":"ready"}'])('%j is no record', async (text) => {
  await writeFile(join(folder, recordName), text);
  expect(await readRecord(folder)).toBeUndefined();
});

test('a maker lives while its process does, not when another has its pid', async () => {
  const record = await sample();
  expect(await makerLives(record)).toBe(true);
  expect(await makerLives({ ...record, maker: { pid: process.pid, beginning: '1' } })).toBe(false);
});

async function sample(): Promise<LabRecord> {
  return {
    state: 'making',
    maker: await thisProcess(),
    distribution: {
      flavor: 'mysql',
      version: '9.7.4',
      release: [9, 7, 4],
      command: ['mysqld'],
      options: {},
      environment: {},
      emptyData: { by: 'server' },
    },
    instances: [{ name: 'db-1', port: 20_001, serverId: 101 }],
  };
}
