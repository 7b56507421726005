import type { Accounts } from '../../src/dialect/new-accounts.ts';
import { makeEmptyData } from '../../src/adapters/lab/empty-data.ts';
import { raiseInstances, wireReplicas } from '../../src/adapters/lab/raise-instance.ts';
import type { NewInstance, RaiseNeeds } from '../../src/adapters/lab/raise-instance.ts';
import type {
  OptionValues,
  ServerDistribution,
} from '../../src/adapters/lab/server-distribution.ts';
import { cached } from './cache.ts';
import { makeCertificates } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import { distributions } from './distributions.ts';
import type { TestServer } from './distributions.ts';
import { mountDisk } from './own-disk.ts';
import type { Network } from './network.ts';
import { distributionAt, findPlaces, hostOptions, type Places } from './places.ts';
import { clearFolder, newFolder, sweepFolders } from './test-folder.ts';
import { TestMember } from './test-member.ts';

export interface ClusterWish {
  readonly server: TestServer;
  /** Default 2. With 0 it is one server alone. */
  readonly replicas?: number;
  /** Default true. False: the replicas follow by file and position. */
  readonly gtid?: boolean;
  /** Of the monitor user; default `all`. `least`: only those of `monitorRights`. */
  readonly rights?: 'all' | 'least';
  /** Options of every server beside or instead of our own; `loose-` before a name that not every server knows. */
  readonly options?: OptionValues;
  /** Servers offer TLS with a certificate of an authority of our own: `certificates.ca`. For 127.0.0.1, or whom this says, such as `DNS:db001`. Not MySQL 5.6. */
  readonly tls?: boolean | string;
  /** Whether replicas only, or all, take no writes after a start until somebody says so; default `replicas`. */
  readonly readOnlyAtStart?: 'replicas' | 'all';
  /** The data of the master lies on a file system of its own of this size, which can be filled and frozen; needs root. */
  readonly masterDiskMegabytes?: number;
  /** Every server is a host of a network of its own, which can be cut; so is the monitor. Needs root on Linux. */
  readonly network?: boolean;
  /** The last replica runs these programs, on data that the others' made; default: those of `server`. */
  readonly lastReplica?: () => Promise<ServerDistribution>;
}

/** Real servers on 127.0.0.1 that replicate. To be ended with `stop`, whatever became of the test. */
export interface TestCluster {
  readonly server: TestServer;
  readonly distribution: ServerDistribution;
  readonly accounts: Accounts;
  /** The one that was made master; promotions do not change it. */
  readonly master: TestMember;
  readonly replicas: readonly TestMember[];
  readonly members: readonly TestMember[];
  /** Undefined without `tls`. */
  readonly certificates: Certificates | undefined;
  /** Undefined without the wish for one. */
  readonly network: Network | undefined;
  member(key: string): TestMember;
  /** Ends every server and removes all they left. */
  stop(): Promise<void>;
}

/** Accounts of every test cluster. `root` may come from 127.0.0.1 only. */
export const testUsers = {
  root: { user: 'root', password: 'root-Pw-41c' },
  monitor: { user: 'orc_client_user', password: 'monitor-Pw-77f' },
  replication: { user: 'repl', password: 'repl-Pw-a90' },
} as const;

/** Starts servers from nothing and lets all but the first replicate from it. Throws a sentence when the servers cannot be had here. */
export async function startCluster(wish: ClusterWish): Promise<TestCluster> {
  await sweepFolders();
  const distribution = await distributions[wish.server]();
  const emptyData = await emptyDataOf(wish.server, distribution);
  const accounts = {
    ...testUsers,
    monitor: { ...testUsers.monitor, rights: wish.rights ?? 'all' },
  };
  const folder = await newFolder();
  const places = await findPlaces(1 + (wish.replicas ?? 2), wish.network === true);
  const stop = async (): Promise<void> => {
    await clearFolder(folder);
    await places.remove();
  };
  try {
    const certificates = await certificatesFor(wish, `${folder}/tls`);
    const instances = instancesOf(wish, folder, places, tlsOptions(certificates));
    if (wish.masterDiskMegabytes !== undefined) {
      await mountDisk(`${instances[0]?.folder ?? folder}/data`, wish.masterDiskMegabytes);
    }
    const signal = AbortSignal.timeout(120_000);
    const programs = await programsOf(wish, distribution, places);
    await raiseAll(instances, programs, { emptyData, accounts, signal });
    const [master, ...replicas] = instances.map(
      (it, place) => new TestMember(it, programs[place] ?? distribution, accounts),
    );
    const [source, ...others] = instances;
    if (master === undefined || source === undefined) {
      throw new Error('A cluster has at least one member.');
    }
    await wireReplicas(distribution, source, others, { accounts, signal });
    return clusterOf({
      server: wish.server,
      distribution,
      accounts,
      master,
      replicas,
      certificates,
      network: places.network,
      stop,
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Of each server; run within its host. */
async function programsOf(
  { lastReplica }: ClusterWish,
  distribution: ServerDistribution,
  { all }: Places,
): Promise<readonly ServerDistribution[]> {
  const last = (await lastReplica?.()) ?? distribution;
  return all.map(({ host }, place) =>
    distributionAt(place === all.length - 1 ? last : distribution, host),
  );
}

function clusterOf(parts: Omit<TestCluster, 'members' | 'member'>): TestCluster {
  const members = [parts.master, ...parts.replicas];
  return {
    ...parts,
    members,
    member(key) {
      const found = members.find((it) => it.key === key);
      if (found === undefined) {
        throw new Error(`No member ${key} among ${members.map((it) => it.key).join(', ')}.`);
      }
      return found;
    },
  };
}

/** Side by side; all are waited for even when one fails. */
async function raiseAll(
  instances: readonly NewInstance[],
  programs: readonly ServerDistribution[],
  needs: RaiseNeeds,
): Promise<void> {
  const tasks = instances.flatMap((it, place) => {
    const distribution = programs[place];
    return distribution === undefined ? [] : [raiseInstances(distribution, [it], needs)];
  });
  const failed = (await Promise.allSettled(tasks)).find((it) => it.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function instancesOf(
  wish: ClusterWish,
  folder: string,
  places: Places,
  tls: OptionValues,
): readonly NewInstance[] {
  return places.all.map(({ port, host }, place) => ({
    folder: `${folder}/${String(place + 1)}`,
    port,
    ...(host === undefined ? {} : { host: host.address }),
    serverId: 101 + place,
    gtid: wish.gtid ?? true,
    readOnlyAtStart: place > 0 || wish.readOnlyAtStart === 'all',
    more: { ...hostOptions(host), ...tls, ...wish.options },
  }));
}

async function certificatesFor(
  { tls = false }: ClusterWish,
  folder: string,
): Promise<Certificates | undefined> {
  if (tls === false) return undefined;
  return makeCertificates(folder, tls === true ? undefined : tls);
}

function tlsOptions(certificates: Certificates | undefined): OptionValues {
  return certificates === undefined
    ? {}
    : { 'ssl-ca': certificates.ca, 'ssl-cert': certificates.cert, 'ssl-key': certificates.key };
}

/** Initialised once for all runs on this machine. */
function emptyDataOf(server: TestServer, distribution: ServerDistribution): Promise<string> {
  return cached(`empty-${server}-${distribution.version}`, async (folder) => {
    await makeEmptyData(distribution, folder, AbortSignal.timeout(120_000));
  });
}
