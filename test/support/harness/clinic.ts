import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine, type Engine } from '../../../src/wiring/engine.ts';
import { readSettings } from '../../../src/config/settings.ts';
import type { ClusterBackend } from '../../../src/core/backend.ts';
import type { CheckedItem, CheckReport } from '../../../src/core/model/doctor.ts';
import { answered } from '../../../src/core/model/instance.ts';
import { inEnglish } from '../../../src/core/model/phrase.ts';
import { memberOf } from '../../../src/core/model/topology.ts';
import {
  startCluster,
  testUsers,
  type ClusterWish,
  type TestCluster,
} from '../../servers/test-cluster.ts';
import { doByHand } from './by-hand.ts';
import type { Trouble, TroubleRow } from './troubles/trouble.ts';

const patienceMs = 10_000;
const tablesSql = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop'";

const who = `'${testUsers.monitor.user}'@'%'`;

/** What the doctor's questions and new accounts need beside the least rights. */
const lookingRights = [
  `GRANT CREATE USER, REPLICATION SLAVE ON *.* TO ${who} WITH GRANT OPTION`,
  `GRANT SELECT ON mysql.user TO ${who}`,
  `GRANT SELECT ON performance_schema.* TO ${who}`,
];

/** Real servers that replicate, and the engine that looks at them as a door would. */
export class Clinic {
  readonly cluster: TestCluster;
  /** What did not go as planned, one text each. */
  readonly complaints: string[] = [];
  /** Every report and picture, as a person or a script would get it. */
  readonly said: string[] = [];
  readonly #engine: Engine;
  readonly #folder: string;

  static async open(wish: ClusterWish): Promise<Clinic> {
    const cluster = await startCluster(wish);
    const folder = await mkdtemp(join(tmpdir(), 'switchover-clinic-'));
    await cluster.master.sql(
      ...(wish.rights === 'least'
        ? lookingRights
        : [`GRANT ALL ON *.* TO ${who} WITH GRANT OPTION`]),
      'CREATE DATABASE shop',
      'CREATE TABLE shop.orders (id INT PRIMARY KEY)',
      'INSERT INTO shop.orders VALUES (1)',
    );
    for (const it of cluster.replicas) {
      await it.untilValue(tablesSql, '1');
      await it.untilValue('SELECT COUNT(*) FROM shop.orders', '1');
    }
    return new Clinic(cluster, folder);
  }

  constructor(cluster: TestCluster, folder: string) {
    this.cluster = cluster;
    this.#folder = folder;
    const { monitor, replication } = testUsers;
    const { settings } = readSettings({
      clusters: [
        {
          id: 'orders',
          // A replica that reports no name to its master is found by nobody.
          seeds: cluster.members.map((it) => it.key),
          user: monitor.user,
          replicationUser: replication.user,
          environment: 'lab',
        },
      ],
    });
    this.#engine = createEngine({
      settings,
      passwords: (_, which) =>
        Promise.resolve(which === 'monitor' ? monitor.password : replication.password),
      stateDir: folder,
      log: () => undefined,
    });
  }

  async check(): Promise<CheckReport> {
    const report = await this.#backend.checkUp(AbortSignal.timeout(30_000));
    this.said.push(JSON.stringify([report, this.#backend.current()]));
    return report;
  }

  /** Breaks all, checks once, mends one after the other, checks again. */
  async play(all: readonly Trouble[]): Promise<readonly TroubleRow[]> {
    const hindered = await Promise.all(
      all.map(async (it) => ({ ...this.#named(it), whyNot: await it.whyNot?.() })),
    );
    const troubles = all.filter((_, place) => hindered[place]?.whyNot === undefined);
    // Those of one server in their order, the servers side by side.
    await Promise.all(
      this.cluster.members.map(async (member) => {
        for (const it of troubles.filter(({ on }) => on(this.cluster) === member)) {
          await this.#break(it);
        }
      }),
    );
    // A receiver that is turned away needs a moment to say so, and one that is let in again too.
    const before = await this.#checkUntil((it) => troubles.every((one) => this.find(it, one)));
    await this.#mendAll(troubles, before);
    const isGone = (report: CheckReport, it: Trouble): boolean =>
      // Of a server that says nothing nothing is found either.
      this.find(report, it) === undefined && this.#answers(it);
    const after = await this.#checkUntil((it) => troubles.every((one) => isGone(it, one)));
    return [
      ...troubles.map((it) => ({
        ...this.#named(it),
        found: this.find(before, it) !== undefined,
        fixed: isGone(after, it),
        by: it.mends === 'plan' ? ('plan' as const) : ('hand' as const),
      })),
      ...hindered.flatMap(({ whyNot, ...it }) => (whyNot === undefined ? [] : [{ ...it, whyNot }])),
    ];
  }

  #named({ item, on, error }: Trouble): Pick<TroubleRow, 'server' | 'who' | 'item' | 'error'> {
    const { server, members } = this.cluster;
    const place = members.indexOf(on(this.cluster));
    const named = place === 0 ? 'master' : `replica ${String(place)}`;
    return { server, who: named, item, ...(error === undefined ? {} : { error }) };
  }

  /** The last report, whether it came to that or not. */
  async #checkUntil(holds: (report: CheckReport) => boolean): Promise<CheckReport> {
    const endsAt = Date.now() + patienceMs;
    for (;;) {
      const report = await this.check();
      if (holds(report) || Date.now() > endsAt) return report;
      await sleep(250);
    }
  }

  async #break({ breaking = [], harm, on }: Trouble): Promise<void> {
    await on(this.cluster).sql(...breaking, 'SELECT 1');
    await harm?.(this.cluster);
  }

  async #mendAll(troubles: readonly Trouble[], before: CheckReport): Promise<void> {
    for (const { mends } of troubles) {
      if (typeof mends === 'function') await mends(this.cluster);
    }
    for (const it of troubles.filter(({ mends }) => mends === 'plan')) await this.mend(it);
    const told = troubles
      .filter(({ mends }) => mends === 'lines')
      .map((it) => this.find(before, it)?.instructions ?? []);
    if (told.some((it) => it.length > 0)) await doByHand(this.cluster, told.flat());
  }

  find(report: CheckReport, { item, on, error }: Trouble): CheckedItem | undefined {
    return report.items.find(
      (it) =>
        it.code === item &&
        it.instance === on(this.cluster).key &&
        (error === undefined ||
          it.evidence.some((told) => inEnglish(told).includes(`error ${String(error)}`))),
    );
  }

  #answers({ on }: Trouble): boolean {
    const topology = this.#backend.current()?.topology;
    return (
      topology !== undefined && answered(memberOf(topology, on(this.cluster).key)) !== undefined
    );
  }

  /** By the way that both doors go: the wish, its plan, and the plan run. Where the cluster moved meanwhile, once more. */
  async mend({ item, on }: Trouble): Promise<void> {
    const wish = { kind: 'fix', instance: on(this.cluster).key, item } as const;
    const told = new Set<string>();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const signal = AbortSignal.timeout(60_000);
      const decision = await this.#backend.plan(wish, signal);
      const result =
        decision.kind === 'hold'
          ? { kind: 'refused' as const, because: decision.refusal.because }
          : await this.#backend.run(decision.plan, signal);
      if (result.kind === 'ran' && result.recovery.state === 'succeeded') return;
      const because = result.kind === 'ran' ? result.recovery.problems : result.because;
      told.add(because.map(inEnglish).join(' '));
      if (result.kind === 'ran') break;
      await sleep(1_000);
    }
    this.complaints.push(`${item}: ${[...told].join(' | ')}`);
  }

  async close(): Promise<void> {
    this.#engine.close();
    await this.cluster.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #backend(): ClusterBackend {
    const backend = this.#engine.clusters.get('orders');
    if (backend === undefined) throw new Error('The cluster could not be opened.');
    return backend;
  }
}
