import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { certificateAsker } from '../adapters/mysql/certificate-asker.ts';
import { keptPassword } from '../adapters/mysql/kept-password.ts';
import {
  hostsSeenBy,
  missingGrantOn,
  mysqlAccountReader,
} from '../adapters/mysql/mysql-account-reader.ts';
import { mysqlBinlogReader } from '../adapters/mysql/mysql-binlog-reader.ts';
import { mysqlLockReader } from '../adapters/mysql/mysql-lock-reader.ts';
import { MysqlCommander } from '../adapters/mysql/mysql-commander.ts';
import { mysqlExaminer } from '../adapters/mysql/mysql-examiner.ts';
import { MysqlProber } from '../adapters/mysql/mysql-prober.ts';
import { MysqlWriteProbe } from '../adapters/mysql/mysql-write-probe.ts';
import type { Login } from '../adapters/mysql/connect.ts';
import { ownName } from '../adapters/own-user.ts';
import { programRunner } from '../adapters/programs/program-runner.ts';
import type { Dial } from '../adapters/dial.ts';
import { EmbeddedProxy } from '../adapters/proxy/embedded-proxy.ts';
import { lateStore } from '../adapters/store/late-store.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { memberRulesOf } from '../config/member-rules-of.ts';
import { policyOf } from '../config/policy-of.ts';
import type { ClusterSettings, PasswordSource, Settings } from '../config/settings.ts';
import type { SshQuestions } from '../config/ssh-questions.ts';
import type { ClusterBackend } from '../core/backend.ts';
import { ClusterEngine } from '../core/engine/cluster-engine.ts';
import { lockTerms } from '../core/recover/lock-holder.ts';
import type { EngineParts } from '../core/engine/engine-parts.ts';
import type { InstanceKey, Server } from '../core/model/instance.ts';
import type { UserTask } from '../core/model/database-user.ts';
import { spellInstruction } from '../dialect/spell-instruction.ts';
import type { Proxy, Store, WriteProbe } from '../core/ports.ts';
import type { ContainerControl, ServerAccess } from './containers.ts';
import { loginOf, timeoutsOf } from './access.ts';
import { networkOf, type Network } from './network.ts';
import { spellForDisplay } from '../dialect/statements.ts';

export { openDocker } from './containers.ts';
export { lookForContainers } from './network.ts';
export { readClientFiles, readComposeFileAt } from '../adapters/client-files/read-client-files.ts';
export { createLab } from './lab.ts';
export { passwordSource as createPasswords } from '../adapters/password-source.ts';
export { reportOf } from '../core/record/report.ts';

export interface EngineOptions {
  readonly settings: Settings;
  readonly passwords: PasswordSource;
  /** Where recoveries, known instances and leases are kept. */
  readonly stateDir: string;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;
  /** What a relative file name of the settings starts from; the user's home folder unless told. */
  readonly baseDir?: string;
  /** Who answers what an SSH host asks; without, the passphrase comes from the environment and unknown hosts are refused. */
  readonly ssh?: SshQuestions | undefined;
  /** One that is open already, and stays so. `keysOf`: nothing of it is read or written but the keys of servers. */
  readonly openStore?: Store | { readonly keysOf: Store | undefined } | undefined;
  /** Members that a person confirmed, beside those that the journal knows. */
  readonly confirmed?: readonly InstanceKey[] | undefined;
  /** Nobody else is logged in to, beside those of the settings and the container engine. */
  readonly onlyConfirmed?: boolean;
  /** Of a user that a plan is to make. */
  readonly newPassword?: string | undefined;
}

/** All clusters of the settings, and what they remember. */
export interface Engine {
  readonly clusters: ReadonlyMap<string, ClusterBackend>;
  readonly store: Store | undefined;
  /** Why there is no store, or why it can only be read; one sentence. */
  readonly storeProblem: string | undefined;
  /** By cluster: what may be done with its containers; none where its settings never look for them. */
  readonly containers: ReadonlyMap<string, ContainerControl>;
  close(): void;
}

/** Puts the engine together. The only place, beside the doors' own, that knows every concrete class. */
export function createEngine(options: EngineOptions): Engine {
  return createEngineOn(networkOf(options), options);
}

/** Closes the network with the engine. */
function createEngineOn(network: Network, options: EngineOptions): Engine {
  const { store, storeProblem } = storeIn(options);
  const controls = new Map<string, ContainerControl>();
  const clusters = new Map(
    options.settings.clusters.map((it) => {
      const access = network.accessTo(it, store);
      if (access.control !== undefined) controls.set(it.id, access.control);
      return [it.id, engineOf(it, options, store, access)] as const;
    }),
  );
  return {
    clusters,
    store,
    storeProblem,
    containers: controls,
    close: () => {
      clusters.forEach((it) => {
        it.close();
      });
      network.close();
      if (options.openStore === undefined) store?.close();
    },
  };
}

export interface AccessOptions extends Omit<EngineOptions, 'passwords' | 'onlyConfirmed'> {
  /** The cluster as the settings name it, or as they may come to name it. */
  readonly cluster: ClusterSettings;
  /** Who logs in everywhere, for this one time; kept nowhere. */
  readonly login: { readonly user: string; readonly password: string | undefined };
}

/** A look at a cluster, and plans for it, by a login that is not the one of the settings. */
export interface Access {
  readonly backend: ClusterBackend;
  /** Hosts from which a user with this task comes, as the server at `address` sees them; empty when it tells none. */
  hostsSeenBy(address: string, task: UserTask, signal: AbortSignal): Promise<readonly string[]>;
  /** The statement that gives our login what it lacks for a task at this address; null: nothing, or it cannot be asked. */
  missingGrant(
    address: string,
    wanted: { readonly task: UserTask; readonly server: Server },
    signal: AbortSignal,
  ): Promise<string | null>;
  close(): void;
}

/**
 * Opens a cluster with another login. A person who gives an administrator's password wants a change, whatever the mode of
 * the cluster; proxies and write probes are left alone.
 */
export function createAccess(options: AccessOptions): Access {
  const { login } = options;
  const cluster: ClusterSettings = {
    ...options.cluster,
    user: login.user,
    mode: 'manage',
    proxies: [],
    writeProbe: false,
  };
  const inner: EngineOptions = {
    ...options,
    onlyConfirmed: true,
    settings: { ...options.settings, clusters: [cluster] },
    passwords: (_, which) => Promise.resolve(which === 'monitor' ? login.password : undefined),
  };
  const network = networkOf(inner);
  const access = network.accessTo(cluster, undefined);
  const engine = createEngineOn(network, inner);
  const asking = {
    login: loginOf(cluster, inner, access, keyStoreOf(inner, engine.store)),
    ...timeoutsOf(cluster),
  };
  const backend = engine.clusters.get(cluster.id);
  if (backend === undefined) {
    throw new Error(`The cluster ${cluster.id} could not be opened.`);
  }
  return {
    backend,
    hostsSeenBy: (address, task, signal) => hostsSeenBy(address, task, asking, signal),
    missingGrant: (address, wanted, signal) => missingGrantOn(address, wanted, asking, signal),
    close: () => {
      engine.close();
    },
  };
}

function storeIn({
  stateDir,
  log,
  settings,
  openStore: open,
}: EngineOptions): Pick<Engine, 'store' | 'storeProblem'> {
  if (open !== undefined) {
    return { store: 'keysOf' in open ? undefined : open, storeProblem: undefined };
  }
  const store = lateStore(stateDir, {
    clock: systemClock,
    warn: (says) => {
      log('warn', says);
    },
    blockPeriodMs: settings.recoveryPeriodBlockSeconds * 1000,
  });
  return { store, storeProblem: store.problem };
}

/** A look that is not recorded knows the keys of servers all the same: it may be the administrator's. */
function keyStoreOf({ openStore: open }: EngineOptions, store: Store | undefined) {
  return open !== undefined && 'keysOf' in open ? open.keysOf : store;
}

function engineOf(
  cluster: ClusterSettings,
  options: EngineOptions,
  store: Store | undefined,
  access: ServerAccess,
): ClusterBackend {
  const { addresses, dial } = access;
  const { settings, passwords, newPassword, log } = options;
  const login = loginOf(cluster, options, access, keyStoreOf(options, store));
  const timeouts = timeoutsOf(cluster);
  const replicationPassword = keptPassword(() => passwords(cluster, 'replication'), systemClock);
  const replication = { user: cluster.replicationUser, password: replicationPassword };
  const prober = new MysqlProber({ login, ...timeouts, clock: systemClock });
  return new ClusterEngine({
    cluster: cluster.id,
    ...membershipOf(cluster, options, login),
    pollMs: cluster.pollMs,
    policy: async () => {
      const known = await orNothing(replicationPassword, cluster.id, log);
      return policyOf(settings, cluster, { replication: known, made: newPassword });
    },
    prober,
    // The sessions of the rounds also tell what only some decisions need.
    hindrances: prober.beside,
    demands: prober.beside,
    commander: () =>
      new MysqlCommander({ login, ...timeouts, clock: systemClock, replication, newPassword }),
    examiner: mysqlExaminer({ login, ...timeouts, clock: systemClock, replication }),
    binlogs: mysqlBinlogReader(login, timeouts),
    accounts: mysqlAccountReader({ login, ...timeouts }),
    locks: mysqlLockReader({ login, ...timeouts }),
    addresses,
    spell: (action, server) => spellForDisplay(action, server, cluster.replicationUser),
    instruct: instructionsFor(cluster),
    clock: systemClock,
    store,
    proxies: proxiesOf(cluster, dial),
    programs: programRunner(process.env),
    writeProbe: writeProbeOf(cluster, login),
    actor: `${ownName()}@${hostname()} (${String(process.pid)})`,
    randomLetters,
    lockTerms: lockTerms(systemClock),
    log,
  });
}

/** An administrator's password goes to whom a person confirmed: a certificate alone is not enough for that. */
function membershipOf(
  cluster: ClusterSettings,
  { confirmed = [], onlyConfirmed = false }: EngineOptions,
  { tls, dial }: Login,
): Pick<EngineParts, 'members' | 'certificates'> {
  const members = { ...memberRulesOf(cluster, confirmed), onlyConfirmed };
  const { caConfirmsMembers, connectTimeoutMs: timeoutMs } = cluster;
  return caConfirmsMembers === true && !onlyConfirmed
    ? { members, certificates: certificateAsker({ tls, dial, timeoutMs, clock: systemClock }) }
    : { members };
}

function instructionsFor(cluster: ClusterSettings): EngineParts['instruct'] {
  const { user: monitor, replicationUser: replication, mode: task } = cluster;
  return (on, instruction, server) =>
    spellInstruction(on, instruction, server, { monitor, replication, task });
}

/** Where nothing may be changed nothing is written either. */
function writeProbeOf(
  { id, mode, writeProbe, connectTimeoutMs }: ClusterSettings,
  login: Login,
): WriteProbe | undefined {
  return writeProbe && mode === 'manage'
    ? new MysqlWriteProbe({ cluster: id, login, connectTimeoutMs, clock: systemClock })
    : undefined;
}

/** A password that cannot be read is as good as none here; the reason goes to the log. */
async function orNothing(
  password: () => Promise<string | undefined>,
  cluster: string,
  log: EngineOptions['log'],
): Promise<string | undefined> {
  try {
    return await password();
  } catch (error) {
    log('warn', `${cluster}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function randomLetters(): string {
  return Array.from({ length: 6 }, () => String.fromCodePoint(97 + randomInt(26))).join('');
}

/** Those that are built into the engine; the other kinds are not available yet. */
function proxiesOf(cluster: ClusterSettings, dial: Dial): readonly Proxy[] {
  return cluster.proxies.flatMap((it) =>
    it.kind === 'embedded' ? [new EmbeddedProxy({ listen: it.writer, dial })] : [],
  );
}
