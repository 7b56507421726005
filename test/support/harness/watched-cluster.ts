import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { freePorts } from '../../../src/adapters/lab/free-ports.ts';
import { rebuild } from '../../servers/rebuild.ts';
import {
  startCluster,
  testUsers,
  type ClusterWish,
  type TestCluster,
} from '../../servers/test-cluster.ts';
import { FaultProxy } from '../../servers/fault-proxy.ts';
import { waysTo, type Way, type WayWish } from '../../servers/way.ts';
import type { TestMember } from '../../servers/test-member.ts';
import { prepareForWriters } from '../../servers/writers.ts';
import { membersOf } from './cli.ts';
import { Monitor, settingsFolder, type Program } from './monitor.ts';
import { replicationOf, type Replication } from '../builders/replication-of.ts';
import { until } from './until.ts';

const run = promisify(execFile);

type Place = Awaited<ReturnType<typeof settingsFolder>>;

export interface WatchedWish extends ClusterWish {
  readonly program: Program;
  /** Beside or instead of those of the one cluster. */
  readonly clusterSettings?: (cluster: TestCluster) => Readonly<Record<string, unknown>>;
  /** Beside or instead of the rest: filters, periods. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The monitor reaches every member by a way of its own: one that can be broken (`path`), or what this opens to a port. */
  readonly paths?: true | WayWish;
  /** Applications go straight to the first master, whoever is the master later. */
  readonly direct?: boolean;
}

/** What a command printed. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  /** Words for people too. */
  readonly text: string;
}

/** A real cluster named `orders` with a monitor that fails over by itself, and its one address for applications. */
export class WatchedCluster {
  readonly cluster: TestCluster;
  readonly address: string;
  readonly #program: Program;
  readonly #place: Place;
  readonly #paths: ReadonlyMap<string, Way>;
  readonly #monitors: Monitor[] = [];
  readonly #rivals: Place[] = [];
  readonly #rivalMonitors: Monitor[] = [];

  static async raise(wish: WatchedWish): Promise<WatchedCluster> {
    const cluster = await startCluster({ rights: 'least', ...wish });
    try {
      await prepareForWriters(cluster.master);
      const [port = 0] = await freePorts(1);
      const isDirect = wish.direct === true;
      const address = isDirect ? cluster.master.key : `127.0.0.1:${String(port)}`;
      if (!isDirect) await cluster.network?.openDoor('w', port);
      const open = wish.paths === true ? (at: number) => FaultProxy.before(at) : wish.paths;
      const paths = await waysTo(cluster.members, open ?? false);
      const place = await settingsFolder(settingsFor(cluster, address, wish, paths));
      return new WatchedCluster({ cluster, address, program: wish.program, place, paths });
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  constructor(parts: {
    readonly cluster: TestCluster;
    readonly address: string;
    readonly program: Program;
    readonly place: Place;
    readonly paths: ReadonlyMap<string, Way>;
  }) {
    this.cluster = parts.cluster;
    this.address = parts.address;
    this.#program = parts.program;
    this.#place = parts.place;
    this.#paths = parts.paths;
  }

  /** The monitor's way to a member, to be broken. */
  path(member: TestMember): FaultProxy {
    const path = this.#paths.get(member.key);
    if (!(path instanceof FaultProxy)) throw new Error('The monitor goes no way of its own.');
    return path;
  }

  /** Where the monitors record. */
  get state(): string {
    return this.#place.state;
  }

  get isMariadb(): boolean {
    return this.cluster.server === 'mariadb';
  }

  /** `SLAVE` or `REPLICA`. */
  get word(): string {
    return this.isMariadb ? 'SLAVE' : 'REPLICA';
  }

  /** The newest one that was started. */
  get monitor(): Monitor {
    const newest = this.#monitors.at(-1);
    if (newest === undefined) throw new Error('No monitor was started.');
    return newest;
  }

  get monitors(): readonly Monitor[] {
    return [...this.#monitors, ...this.#rivalMonitors];
  }

  /** Where the applications are led to, by whichever process serves their address. */
  target(): string | null {
    const targets = this.#monitors.filter((it) => it.runs).map((it) => it.target());
    return targets.find((it) => it !== null) ?? null;
  }

  /** Starts a monitor; it keeps the watch once this returns, unless another does. */
  async startMonitor(program: Program = this.#program): Promise<Monitor> {
    const { config, state } = this.#place;
    const within = this.cluster.network?.host('w').command ?? [];
    const monitor = Monitor.start({ program: program.path, config, state, within });
    this.#monitors.push(monitor);
    await monitor.sees('the watch is kept', (it) => it.kind === 'lease' && it.controller !== null);
    await monitor.sees(
      'the master is known',
      (it) => it.kind === 'topology' && it.topology.master !== null,
    );
    return monitor;
  }

  /** Starts a monitor as on another machine: with a journal of its own, and nobody's proxy. */
  async startRival(program: Program = this.#program): Promise<Monitor> {
    const known = z.looseObject({ clusters: z.array(z.looseObject({})) });
    const settings = known.parse(JSON.parse(await readFile(this.#place.config, 'utf8')));
    const place = await settingsFolder({
      ...settings,
      clusters: settings.clusters.map((it) => ({ ...it, proxies: [] })),
    });
    this.#rivals.push(place);
    const rival = Monitor.start({ program: program.path, ...place });
    this.#rivalMonitors.push(rival);
    await rival.sees(
      'the master is known',
      (it) => it.kind === 'topology' && it.topology.master !== null,
    );
    return rival;
  }

  /** Calls the command with the same settings and journal. */
  async command(...words: readonly string[]): Promise<Printed> {
    const { config, state } = this.#place;
    const all = [this.#program.path, ...words, '--config', config, '--state', state];
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      SWITCHOVER_PASSWORD: testUsers.monitor.password,
      SWITCHOVER_REPLICATION_PASSWORD: testUsers.replication.password,
    };
    return run(process.execPath, all, { env, timeout: 60_000 }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, text: `${stdout}${stderr}` }),
      (error: unknown) => ({ code: codeOf(error), stdout: '', text: textOf(error) }),
    );
  }

  /** The only member that takes writes; undefined for none or several. */
  async writable(): Promise<TestMember | undefined> {
    const open = await this.#thoseThat(
      async (it) => (await it.value('SELECT @@GLOBAL.read_only')) === '0',
    );
    return open.length === 1 ? open[0] : undefined;
  }

  replication(member: TestMember): Promise<Replication | undefined> {
    return replicationOf(member, this.word);
  }

  /** Members that answer and do not read from this master with both threads. */
  async astray(master: TestMember): Promise<readonly string[]> {
    const others = this.cluster.members.filter((it) => it !== master);
    const told = await Promise.all(
      others.map(async (it) => {
        const seen = await this.replication(it).catch(String);
        return typeof seen === 'object' &&
          seen.source === master.key &&
          seen.receiver === 'Yes' &&
          seen.applier === 'Yes'
          ? []
          : [`${it.key}: ${JSON.stringify(seen ?? 'no replica')}`];
      }),
    );
    return told.flat();
  }

  /** Waits until one takes writes, all others follow it and the proxy leads to it. Starts, rejoins and rebuilds nobody. */
  async untilWhole(deadlineMs = 60_000): Promise<TestMember> {
    let why = '';
    const isWhole = async (): Promise<boolean> => {
      const master = await this.writable();
      const astray = master === undefined ? [] : await this.astray(master);
      const target = this.target();
      why = `writable ${master?.key ?? 'none or several'}, astray ${astray.join('; ')}, proxy ${String(target)}`;
      return (
        master !== undefined &&
        astray.length === 0 &&
        (this.address === this.cluster.master.key ||
          target === (this.#paths.get(master.key)?.address ?? master.key))
      );
    };
    await until('one master, all follow', isWhole, deadlineMs).catch((error: unknown) => {
      throw new Error(`${String(error)} ${why}\n${this.monitor.told()}`, { cause: error });
    });
    const master = await this.writable();
    return master ?? this.untilWhole(deadlineMs);
  }

  /** Gives a former master that was refused for transactions of its own the data of a replica. */
  async rebuildFrom(broken: TestMember): Promise<void> {
    // While two take writes, or none, nobody knows whose data to copy.
    await until('one master', async () => (await this.writable()) !== undefined, 60_000);
    const master = await this.writable();
    const replica = this.cluster.members.find((it) => it !== master && it !== broken);
    if (replica === undefined) {
      throw new Error('There is no replica to copy from.');
    }
    // One that still reads from the broken one would hand that on: the copy would read from itself.
    await until(
      `${replica.key} follows`,
      async () =>
        master !== undefined &&
        !(await this.astray(master)).some((it) => it.startsWith(replica.key)),
      60_000,
    );
    await rebuild(broken, replica);
  }

  async end(): Promise<void> {
    const running = [...this.#monitors, ...this.#rivalMonitors].filter((it) => it.runs);
    await Promise.allSettled(running.map((it) => it.end()));
    await Promise.all([...this.#paths.values()].map((it) => it.close()));
    await this.cluster.stop();
    await Promise.all([this.#place, ...this.#rivals].map((it) => it.remove()));
  }

  async #thoseThat(
    holds: (member: TestMember) => Promise<boolean>,
  ): Promise<readonly TestMember[]> {
    const { members } = this.cluster;
    const answers = await Promise.all(members.map((it) => holds(it).catch(() => false)));
    return members.filter((_, place) => answers[place] === true);
  }
}

function settingsFor(
  cluster: TestCluster,
  address: string,
  wish: WatchedWish,
  paths: ReadonlyMap<string, Way>,
): unknown {
  return {
    recoverMasterClusterFilters: ['*'],
    ...wish.settings,
    clusters: [
      {
        id: 'orders',
        seeds: [cluster.master.key],
        user: testUsers.monitor.user,
        replicationUser: testUsers.replication.user,
        environment: 'lab',
        addresses: Object.fromEntries([...paths].map(([key, it]) => [key, it.address])),
        ...membersOf(cluster),
        proxies: wish.direct === true ? [] : [{ kind: 'embedded', writer: address }],
        ...wish.clusterSettings?.(cluster),
      },
    ],
  };
}

function codeOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : -1;
}

function textOf(error: unknown): string {
  const told =
    error instanceof Error && 'stdout' in error && 'stderr' in error
      ? [error.stdout, error.stderr]
      : [error];
  return told.map(String).join('');
}
