import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { TestMember } from '../servers/test-member.ts';
import { startWriters, type Writers } from '../servers/writers.ts';
import { recoverySchema, type Monitor, type ShownRecovery } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import type { WatchedCluster } from '../support/harness/watched-cluster.ts';

/** How long nothing may happen before a refusal counts as one: several polls and the confirmation. */
const quietMs = 4_000;
const rowsBefore = 100;
const rowsAfter = 40;

const recordedSchema = z.looseObject({ recoveries: z.array(recoverySchema) });

/** A watched cluster with four applications that write all the time, as a fault sees it. */
export class Scene {
  readonly watched: WatchedCluster;
  readonly master: TestMember;
  readonly one: TestMember;
  readonly two: TestMember;
  /** The applications did not write all the time. */
  rested = false;
  #writers: Writers | undefined;
  readonly #acknowledged: number[] = [];
  #longestGapMs = 0;

  constructor(watched: WatchedCluster) {
    const { master, replicas } = watched.cluster;
    this.watched = watched;
    this.master = master;
    this.one = replicas[0] ?? master;
    this.two = replicas[1] ?? master;
  }

  get monitor(): Monitor {
    return this.watched.monitor;
  }

  /** Lets the applications write until some rows are acknowledged. */
  async write(): Promise<void> {
    const firstId = 1 + this.#acknowledged.reduce((most, it) => Math.max(most, it), 0) + 10_000;
    const writers = startWriters({
      address: () => this.watched.address,
      pauseMs: 8,
      connectTimeoutMs: 10_000,
      firstId,
    });
    this.#writers = writers;
    await until('rows are written', () => writers.acknowledgedCount() >= rowsBefore);
  }

  /** Settles when no row is under way; the applications go on once the answer is called. */
  async hold(): Promise<() => void> {
    return this.#writers?.hold() ?? ((): void => undefined);
  }

  /** Ends the applications; returns the ids of all rows that were ever acknowledged. */
  async rest(): Promise<readonly number[]> {
    this.rested = true;
    const report = await this.#writers?.stop();
    this.#writers = undefined;
    this.#acknowledged.push(...(report?.acknowledged ?? []));
    this.#longestGapMs = Math.max(this.#longestGapMs, report?.longestGapMs ?? 0);
    return this.#acknowledged;
  }

  /** Of the applications, while they wrote. */
  get longestGapMs(): number {
    return this.#longestGapMs;
  }

  /** Waits until rows that begin now are acknowledged. */
  async writesGoOn(deadlineMs = 60_000): Promise<void> {
    const already = this.#writers?.acknowledgedCount() ?? 0;
    await this.#seen(
      'rows are acknowledged',
      () => (this.#writers?.acknowledgedCount() ?? 0) >= already + rowsAfter,
      deadlineMs,
    );
  }

  /** Waits until the engine itself opened another than `old`; returns the new master. */
  async failsOver(old: TestMember = this.master, deadlineMs = 60_000): Promise<TestMember> {
    const opened = (): ShownRecovery | undefined =>
      this.failovers().find(
        (it) => it.oldMaster === old.key && it.openedAt !== null && it.state !== 'running',
      );
    await this.#seen(`${old.key} is replaced`, () => opened() !== undefined, deadlineMs);
    if (this.#writers !== undefined) await this.writesGoOn();
    return this.watched.cluster.member(opened()?.newMaster ?? '');
  }

  /** Waits until the engine tells why it holds, and sees that nothing changes for a while. */
  async holds(reason: RegExp, deadlineMs = 30_000): Promise<void> {
    const before = this.watched.monitors.flatMap((it) => it.recoveries()).length;
    await this.#seen(
      `it holds because of ${String(reason)}`,
      () => this.reasons().some((it) => reason.test(it)),
      deadlineMs,
    );
    await sleep(quietMs);
    const after = this.watched.monitors.flatMap((it) => it.recoveries());
    if (after.length > before) {
      throw new Error(`It acted after all.\n${this.monitor.told()}`);
    }
  }

  /** Sees that the engine changes nothing for a while, whatever it finds. */
  /** `begun`: how many recoveries are known to have begun, though no monitor may have told of them yet. */
  async staysAsItIs(ms = quietMs, begun = 0): Promise<void> {
    const count = (): number =>
      new Set(this.watched.monitors.flatMap((it) => it.recoveries()).map((it) => it.id)).size;
    const before = Math.max(count(), begun);
    await sleep(ms);
    if (count() > before) {
      throw new Error(`It acted.\n${this.monitor.told()}`);
    }
  }

  /** Waits for a finding of this code. */
  async finds(code: string, deadlineMs = 30_000): Promise<void> {
    await this.monitor.sees(
      code,
      (it) => it.kind === 'finding' && it.state === 'appeared' && it.finding.code === code,
      deadlineMs,
    );
  }

  /** Waits until a monitor tells people this. */
  async says(words: RegExp, deadlineMs = 60_000): Promise<void> {
    await this.#seen(`it says ${String(words)}`, () => words.test(this.words()), deadlineMs);
  }

  /** Why it held, and what it saw. */
  reasons(): readonly string[] {
    return this.watched.monitors.flatMap((it) =>
      it.decisions().flatMap((decision) => decision.because),
    );
  }

  /** Of all monitors, each once. */
  failovers(): readonly ShownRecovery[] {
    const all = this.watched.monitors.flatMap((it) => it.recoveries());
    return [...new Map(all.map((it) => [it.id, it])).values()].filter(
      (it) => it.kind === 'failover',
    );
  }

  /** Also those of processes that were killed before they could tell. */
  async recordedFailovers(): Promise<readonly ShownRecovery[]> {
    const { stdout } = await this.watched.command('recoveries', 'orders', '--json');
    const recorded = recordedSchema.parse(JSON.parse(stdout)).recoveries;
    const all = [...this.failovers(), ...recorded.filter((it) => it.kind === 'failover')];
    return [...new Map(all.map((it) => [it.id, it])).values()];
  }

  /** Starts a dead former master, which comes back by itself or, with transactions of its own, is rebuilt. */
  async comesBack(former: TestMember): Promise<'rejoined' | 'rebuilt'> {
    const since = this.#said();
    await former.start();
    return this.followsAgain(former, since);
  }

  /** What all monitors told people. */
  words(): string {
    return this.watched.monitors.map((it) => it.words).join('\n');
  }

  /** How much each monitor has told people so far. */
  #said(): ReadonlyMap<Monitor, number> {
    return new Map(this.watched.monitors.map((it) => [it, it.words.length] as const));
  }

  /** By itself, or once it is refused, which may not have been earlier than `since`, and rebuilt. */
  async followsAgain(
    former: TestMember,
    since: ReadonlyMap<Monitor, number> = this.#said(),
  ): Promise<'rejoined' | 'rebuilt'> {
    const refused = (): boolean =>
      this.watched.monitors
        .flatMap((it) => it.words.slice(since.get(it) ?? 0).split('\n'))
        .some(
          (it) =>
            it.includes('Held: ') &&
            (it.includes(`${former.key} has nothing that`) ||
              it.includes(`${former.key} still holds everything`)),
        );
    const follows = async (): Promise<boolean> => {
      const master = await this.watched.writable();
      return (
        master !== undefined &&
        !(await this.watched.astray(master)).some((it) => it.startsWith(former.key))
      );
    };
    await this.#seen(
      `${former.key} rejoins or is refused`,
      async () => refused() || follows(),
      60_000,
    );
    if (await follows()) return 'rejoined';
    await this.watched.rebuildFrom(former);
    return 'rebuilt';
  }

  async acknowledges(): Promise<void> {
    const { code, text } = await this.watched.command('acknowledge', '--all', '--comment', 'seen');
    if (code !== 0) throw new Error(text);
  }

  async #seen(
    what: string,
    holds: () => boolean | Promise<boolean>,
    deadlineMs: number,
  ): Promise<void> {
    await until(what, holds, deadlineMs).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.monitor.told()}`, { cause: error });
    });
  }
}
