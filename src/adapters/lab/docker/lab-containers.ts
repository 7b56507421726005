import type Docker from 'dockerode';
import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { phrase, plain } from '../../../core/model/phrase.ts';
import { ReplicationError } from '../../../core/model/replication-error.ts';
import { refusalOf, saysItIsGone } from '../../docker/engine-refusal.ts';
import { oneFileArchive } from './one-file-archive.ts';
import { labLabel, type DockerMember, type DockerRecord } from './docker-record.ts';
import { innerPort, serverWords } from './server-words.ts';

const attempts = 20;

const stateShape = z.object({
  Id: z.string(),
  State: z.object({ Running: z.boolean(), Paused: z.boolean().optional(), Pid: z.number() }),
});

export interface ContainerNow {
  readonly runs: boolean;
  /** null while it does not run. */
  readonly pid: number | null;
}

/**
 * Makes the lab's network: on a subnet that nobody uses, inside 172.16.0.0/12, where users of the tutorial come from.
 * Answers from where its containers and this machine come to its servers, as an account names hosts: `172.30.4.%`.
 */
export async function makeLabNetwork(docker: Docker, name: string, mark: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const place = `172.${String(randomInt(20, 32))}.${String(randomInt(0, 256))}`;
    try {
      await docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Labels: { [labLabel]: mark },
        IPAM: { Config: [{ Subnet: `${place}.0/24` }] },
      });
      return `${place}.%`;
    } catch (error) {
      const says = refusalOf(error)?.says ?? String(error);
      if (attempt === attempts || !/overlap|already (in use|used)/i.test(says)) {
        throw failed(`network ${name}`, error);
      }
    }
  }
}

/** Read by the first start alone; then it is emptied, and stays, since every later start looks for it. */
const secretFile = 'switchover-root-password';

export interface LabSecret {
  readonly mark: string;
  readonly rootPassword: string;
  /** From where root may come, as an account names hosts. */
  readonly rootHost: string;
}

/** Leaves no password in a container whose server has its accounts. Throws ReplicationError. */
export async function emptySecret(docker: Docker, name: string): Promise<void> {
  try {
    const emptying = await docker.getContainer(name).exec({
      Cmd: ['sh', '-c', `: > /${secretFile}`],
      User: '0',
    });
    await emptying.start({ Detach: true });
  } catch (error) {
    throw failed(name, error);
  }
}

/** Makes and starts the container of one instance; does not wait for its server. */
export async function startNewContainer(
  docker: Docker,
  record: Pick<DockerRecord, 'flavor' | 'image' | 'network'>,
  member: DockerMember,
  { mark, rootPassword, rootHost }: LabSecret,
): Promise<void> {
  const inner = `${String(innerPort)}/tcp`;
  const prefix = record.flavor === 'mariadb' ? 'MARIADB' : 'MYSQL';
  try {
    const container = await docker.createContainer({
      name: member.name,
      Hostname: member.name,
      Image: record.image,
      Cmd: [...serverWords(record.flavor, member)],
      Env: [
        // Whoever may ask the engine about a container reads its environment.
        `${prefix}_ROOT_PASSWORD_FILE=/${secretFile}`,
        `${prefix}_ROOT_HOST=${rootHost}`,
        // Time zones would be written to the binary log, and take a while.
        `${prefix}_INITDB_SKIP_TZINFO=1`,
      ],
      Labels: { [labLabel]: mark },
      ExposedPorts: { [inner]: {} },
      HostConfig: {
        NetworkMode: record.network,
        PortBindings: { [inner]: [{ HostIp: '127.0.0.1', HostPort: String(member.port) }] },
      },
    });
    await container.putArchive(oneFileArchive(secretFile, rootPassword), { path: '/' });
    await container.start();
  } catch (error) {
    throw failed(member.name, error);
  }
}

/** Undefined when there is no such container any more. Throws ReplicationError. */
export async function containerNow(
  docker: Docker,
  name: string,
): Promise<ContainerNow | undefined> {
  try {
    const { State } = stateShape.parse(await docker.getContainer(name).inspect());
    return { runs: State.Running, pid: State.Running ? State.Pid : null };
  } catch (error) {
    if (saysItIsGone(refusalOf(error))) return undefined;
    throw failed(name, error);
  }
}

/** Starts one that does not run, and lets one that is paused go on. */
export async function startContainer(docker: Docker, name: string): Promise<void> {
  const container = docker.getContainer(name);
  try {
    const { State } = stateShape.parse(await container.inspect());
    if (State.Paused === true) await container.unpause();
    else if (!State.Running) await container.start();
  } catch (error) {
    throw failed(name, error);
  }
}

/** MySQL with replicas takes ten seconds to end, which is as long as Docker waits by itself. */
const endSeconds = 30;

/** Ends one: cleanly, or as in a crash. Does nothing where it does not run. */
export async function stopContainer(
  docker: Docker,
  name: string,
  how: 'clean' | 'kill',
): Promise<void> {
  const container = docker.getContainer(name);
  try {
    await (how === 'kill' ? container.kill() : container.stop({ t: endSeconds }));
  } catch (error) {
    const refusal = refusalOf(error);
    const isEnded = refusal?.status === 304 || /is not running/.test(refusal?.says ?? '');
    if (!isEnded) throw failed(name, error);
  }
}

/** Removes every container and network of a lab, with the containers' volumes; how many there were. */
export async function removeLabContainers(docker: Docker, mark: string): Promise<number> {
  const filters = { label: [`${labLabel}=${mark}`] };
  try {
    const containers = await docker.listContainers({ all: true, filters });
    await Promise.all(
      containers.map((it) =>
        quietIfGone(docker.getContainer(it.Id).remove({ force: true, v: true })),
      ),
    );
    const networks = await docker.listNetworks({ filters });
    await Promise.all(networks.map((it) => quietIfGone(docker.getNetwork(it.Id).remove())));
    return containers.length + networks.length;
  } catch (error) {
    throw failed('the lab', error);
  }
}

/** The last lines that a container wrote, for a message. */
export async function lastLines(docker: Docker, name: string): Promise<string> {
  const log: unknown = await docker
    .getContainer(name)
    .logs({ stdout: true, stderr: true, tail: 20 })
    .catch(() => '');
  const text = Buffer.isBuffer(log) ? textIn(log) : '';
  const lines = text.trimEnd().split('\n');
  const errors = lines.filter((it) => /\[ERROR\]/.test(it));
  return (errors.length > 0 ? errors : lines).slice(-3).join(' | ');
}

/** Before every piece stand four bytes that say which stream it is of, and four for its length. */
function textIn(log: Buffer): string {
  const pieces: string[] = [];
  for (let at = 0; at + 8 <= log.length;) {
    const end = at + 8 + log.readUInt32BE(at + 4);
    pieces.push(log.toString('utf8', at + 8, end));
    at = end;
  }
  return pieces.join('');
}

export function failed(what: string, error: unknown): ReplicationError {
  if (error instanceof ReplicationError) return error;
  const says = refusalOf(error)?.says ?? (error instanceof Error ? error.message : String(error));
  return new ReplicationError(
    'statement-failed',
    phrase('Docker could not do it ({what}): {says}', { what: plain(what), says: plain(says) }),
  );
}

async function quietIfGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const refusal = refusalOf(error);
    const isGoing = saysItIsGone(refusal) || /already in progress/.test(refusal?.says ?? '');
    if (!isGoing) throw error;
  }
}
