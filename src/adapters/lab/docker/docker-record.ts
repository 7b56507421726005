import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { phrase } from '../../../core/model/phrase.ts';
import { ReplicationError } from '../../../core/model/replication-error.ts';
import { labFolder } from '../lab-folder.ts';
import { thisProcess } from '../lab-record.ts';
import { beginningOf } from '../processes.ts';

const member = z.object({
  /** Of the container; the servers know each other by it. */
  name: z.string(),
  /** Where it is published on 127.0.0.1. */
  port: z.number(),
  serverId: z.number(),
});

const dockerRecord = z.object({
  /** `making`: nothing may be relied on; whoever finds it and no living maker clears it away. */
  state: z.enum(['making', 'ready']),
  maker: z.object({ pid: z.number(), beginning: z.string() }),
  flavor: z.enum(['mysql', 'mariadb']),
  image: z.string(),
  /** As a server told it; empty while the lab is made. */
  version: z.string(),
  release: z.tuple([z.number(), z.number(), z.number()]).readonly(),
  network: z.string(),
  members: z.array(member).min(1).readonly(),
});

/** What the folder of a lab on Docker knows of itself; no password. */
export type DockerRecord = z.infer<typeof dockerRecord>;
export type DockerMember = DockerRecord['members'][number];

const recordName = 'docker-lab.json';

/** Every container and network of a lab carries it; the value says whose they are, see `markOf`. */
export const labLabel = 'io.switchover.lab';

/** One engine may serve several machines, and each has a folder of this name. */
export function markOf(folder: string): string {
  return `${hostname()}:${folder}`;
}

/** Undefined when there is no lab on Docker in this folder. */
export async function readDockerRecord(folder: string): Promise<DockerRecord | undefined> {
  const text = await readFile(join(folder, recordName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const read = dockerRecord.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** At once or not at all, whatever happens in the middle. */
export async function writeDockerRecord(folder: string, record: DockerRecord): Promise<void> {
  const file = join(folder, recordName);
  await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Takes the place of the lab, with a record in it from its first moment on. Throws when somebody else was faster. */
export async function claimDockerFolder(
  stateDir: string,
  record: Omit<DockerRecord, 'state' | 'maker'>,
): Promise<string> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const folder = await labFolder(stateDir);
  const making = await mkdtemp(`${folder}-`);
  try {
    await writeDockerRecord(making, { ...record, state: 'making', maker: await thisProcess() });
    await rename(making, folder);
    return folder;
  } catch (cause) {
    await rm(making, { recursive: true, force: true });
    throw new ReplicationError(
      'refused-by-check',
      phrase('A lab cannot be made in {folder}: something is there already.', { folder }),
      { cause },
    );
  }
}

export async function dockerMakerLives({ maker }: DockerRecord): Promise<boolean> {
  return (await beginningOf(maker.pid)) === maker.beginning;
}
