import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { NewInstance } from './raise-instance.ts';
import { beginningOf, hasEnded } from './processes.ts';

const optionValues = z.record(z.string(), z.union([z.string(), z.number()])).readonly();

const distribution = z.object({
  flavor: z.enum(['mysql', 'mariadb']),
  version: z.string(),
  release: z.tuple([z.number(), z.number(), z.number()]).readonly(),
  command: z.array(z.string()).min(1).readonly(),
  options: optionValues,
  environment: z.record(z.string(), z.string()).readonly(),
  emptyData: z.discriminatedUnion('by', [
    z.object({ by: z.literal('install-db'), program: z.string() }),
    z.object({ by: z.literal('server') }),
    z.object({ by: z.literal('copy'), from: z.string() }),
  ]),
});

const recordedInstance = z.object({ name: z.string(), port: z.number(), serverId: z.number() });

const labRecord = z.object({
  /** `making`: nothing may be relied on; whoever finds it and no living maker clears it away. */
  state: z.enum(['making', 'ready']),
  maker: z.object({ pid: z.number(), beginning: z.string() }),
  distribution,
  instances: z.array(recordedInstance).min(1).readonly(),
});

/** What a lab's folder knows of itself; no password. */
export type LabRecord = z.infer<typeof labRecord>;

export type RecordedInstance = z.infer<typeof recordedInstance>;

export const recordName = 'lab.json';

/** Undefined when there is no lab, or none of ours, in this folder. */
export async function readRecord(folder: string): Promise<LabRecord | undefined> {
  const text = await readFile(join(folder, recordName), 'utf8').catch(() => undefined);
  if (text === undefined) {
    return undefined;
  }
  const read = labRecord.safeParse(parsed(text));
  return read.success ? read.data : undefined;
}

/** At once or not at all, whatever happens in the middle. */
export async function writeRecord(folder: string, record: LabRecord): Promise<void> {
  const file = join(folder, recordName);
  await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Whether the process that made this record still runs. */
export async function makerLives({ maker }: LabRecord): Promise<boolean> {
  return !(await hasEnded(maker.pid, maker.beginning));
}

export async function thisProcess(): Promise<LabRecord['maker']> {
  return { pid: process.pid, beginning: (await beginningOf(process.pid)) ?? '' };
}

/** The folder of one instance: its option file, log and data. */
export function instanceFolder(folder: string, instance: RecordedInstance): string {
  return join(folder, instance.name);
}

export function newInstance(folder: string, instance: RecordedInstance): NewInstance {
  return {
    folder: instanceFolder(folder, instance),
    port: instance.port,
    serverId: instance.serverId,
    gtid: true,
    readOnlyAtStart: true,
    more: {},
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
