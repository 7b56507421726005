import type Docker from 'dockerode';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { phrase, plain } from '../../../core/model/phrase.ts';
import { ReplicationError } from '../../../core/model/replication-error.ts';
import { clusterAccountSql, type Accounts } from '../../../dialect/new-accounts.ts';
import {
  spellEmptyHistory,
  spellFirstSource,
  spellReadOnlyAtStart,
} from '../../../dialect/new-server.ts';
import { spelledWritable } from '../../../dialect/read-only.ts';
import type { Version } from '../../../dialect/version.ts';
import { ask } from '../ask.ts';
import { freePorts } from '../free-ports.ts';
import { thisProcess } from '../lab-record.ts';
import { drawAccounts } from '../lab-secrets.ts';
import { writeLabSettings } from '../lab-settings.ts';
import { untilReplicating } from '../raise-instance.ts';
import { readVersion } from '../server-distribution.ts';
import { freeNames, freeNetworkName } from './container-names.ts';
import {
  claimDockerFolder,
  markOf,
  writeDockerRecord,
  type DockerMember,
  type DockerRecord,
} from './docker-record.ts';
import { chooseImage, type ImageWish } from './image-choice.ts';
import {
  containerNow,
  emptySecret,
  failed,
  lastLines,
  makeLabNetwork,
  removeLabContainers,
  startNewContainer,
} from './lab-containers.ts';
import { pullImage } from './pull-image.ts';
import { innerPort } from './server-words.ts';

const firstServerId = 1;
const startDeadlineMs = 180_000;
const pollMs = 50;
const lookEveryMs = 1_000;

export interface DockerLabWish extends ImageWish {
  readonly stateDir: string;
  readonly replicas: number;
}

interface Talk {
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Makes a lab from nothing; all or nothing is left. The first instance is the master. Throws ReplicationError. */
export async function makeDockerLab(
  docker: Docker,
  wish: DockerLabWish,
  { tell, signal }: Talk,
): Promise<void> {
  const onDisk = await imagesOnDisk(docker);
  const image = chooseImage(wish, onDisk);
  if (!image.isHere) await pullImage(docker, image.name, tell, signal);
  const startedAt = performance.now();
  const plan = {
    ...(await freePlace(docker, 1 + wish.replicas)),
    flavor: image.flavor,
    image: image.name,
    version: '',
    release: [0, 0, 0],
  } as const;
  const folder = await claimDockerFolder(wish.stateDir, plan);
  try {
    const server = await raise(docker, folder, plan, { tell, signal });
    const record = { ...plan, ...server, state: 'ready', maker: await thisProcess() } as const;
    await writeSettings(folder, record);
    signal.throwIfAborted();
    await writeDockerRecord(folder, record);
  } catch (error) {
    await removeLabContainers(docker, markOf(folder));
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  tell(`Ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}

async function imagesOnDisk(
  docker: Docker,
): Promise<readonly { readonly tags: readonly string[]; readonly created: number }[]> {
  try {
    const images = await docker.listImages();
    return images.map((it) => ({ tags: it.RepoTags ?? [], created: it.Created }));
  } catch (error) {
    throw failed('images', error);
  }
}

/** Names and ports that are free now. */
async function freePlace(
  docker: Docker,
  count: number,
): Promise<Pick<DockerRecord, 'network' | 'members'>> {
  const containers = await docker.listContainers({ all: true });
  const networks = await docker.listNetworks();
  const taken = new Set(
    containers.flatMap((it) => it.Names.map((name) => name.replace(/^\//, ''))),
  );
  const names = freeNames(count, taken);
  if (names === undefined) {
    throw new ReplicationError(
      'refused-by-check',
      phrase('No names are free for the containers of a lab: remove old ones ("docker ps --all").'),
    );
  }
  const ports = await freePorts(count);
  const members = names.map((name, place) => ({
    name,
    port: ports[place] ?? 0,
    serverId: firstServerId + place,
  }));
  return { network: freeNetworkName(new Set(networks.map((it) => it.Name))), members };
}

type Plan = Omit<DockerRecord, 'state' | 'maker'>;

async function raise(
  docker: Docker,
  folder: string,
  plan: Plan,
  { tell, signal }: Talk,
): Promise<Pick<DockerRecord, 'flavor' | 'release' | 'version'>> {
  const mark = markOf(folder);
  const accounts = await drawAccounts(folder);
  tell(`Making ${String(plan.members.length)} containers of ${plan.image}`);
  const rootHost = await makeLabNetwork(docker, plan.network, mark);
  const secret = { mark, rootPassword: accounts.root.password, rootHost };
  // All are waited for even when one fails, so that nothing is still starting while it is cleared away.
  const starts = plan.members.map(async (it) => {
    signal.throwIfAborted();
    await startNewContainer(docker, plan, it, secret);
    const version = await untilServing(docker, it, accounts, {
      deadlineMs: startDeadlineMs,
      signal,
    });
    await emptySecret(docker, it.name);
    return version;
  });
  const ends = await Promise.allSettled(starts);
  const wrong = ends.find((it) => it.status === 'rejected');
  if (wrong !== undefined) throw wrong.reason;
  const told = ends.find((it) => it.status === 'fulfilled')?.value ?? '';
  const server = readVersion(`Ver ${told}`);
  if (server === undefined) throw new Error(`The servers are of no known release: ${told}`);
  tell(
    `${plan.members.map((it) => it.name).join(', ')} answer: ${server.flavor} ${server.version}`,
  );
  await wire(server, plan.members, accounts, signal);
  tell(
    `Replicating: ${String(plan.members.length - 1)} replicas read from ${plan.members[0]?.name ?? ''}`,
  );
  return server;
}

/**
 * Waits until the server of a container answers over TCP, and answers its version. While the official images prepare a
 * first start they run a server of their own, which nobody reaches that way.
 */
export async function untilServing(
  docker: Docker,
  { name, port }: DockerMember,
  { root }: Accounts,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<string> {
  const endsAt = Date.now() + deadlineMs;
  for (let lookAt = 0; ;) {
    signal.throwIfAborted();
    const answer = await ask(port, root, ['SELECT VERSION() AS version']).catch(String);
    if (typeof answer !== 'string') return String(answer[0]?.['version']);
    const now = Date.now();
    if (now > lookAt) {
      lookAt = now + lookEveryMs;
      const runs = (await containerNow(docker, name))?.runs === true;
      if (!runs || now > endsAt) {
        const says = plain(`${answer} | ${await lastLines(docker, name)}`);
        throw new ReplicationError(
          'deadline',
          phrase('The server in the container {name} did not come up: {says}', { name, says }),
        );
      }
    }
    await sleep(pollMs);
  }
}

/** Accounts by themselves on each, in nobody's binary log; then the first is the master of the others. */
async function wire(
  server: Version,
  [master, ...replicas]: readonly DockerMember[],
  accounts: Accounts,
  signal: AbortSignal,
): Promise<void> {
  if (master === undefined) return;
  const { root, replication: account } = accounts;
  await Promise.all(
    [master, ...replicas].map((it) =>
      ask(it.port, root, [
        'SET SESSION sql_log_bin = 0',
        ...clusterAccountSql(server, accounts),
        ...spellReadOnlyAtStart(server),
        spellEmptyHistory(server),
      ]),
    ),
  );
  const source = { host: master.name, port: innerPort, account, place: undefined };
  await Promise.all(
    replicas.map(async (it) => {
      await ask(it.port, root, spellFirstSource(server, source));
      await untilReplicating(server, it.port, accounts, signal);
    }),
  );
  await ask(master.port, root, [spelledWritable]);
}

async function writeSettings(folder: string, { members, network }: DockerRecord): Promise<void> {
  const keys = members.map((it) => `${it.name}:${String(innerPort)}`);
  await writeLabSettings(folder, keys, { docker: { network } });
}
