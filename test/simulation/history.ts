import { happenSomething, restartMonitor } from './faults.ts';
import { calmDown } from './people.ts';
import { writeDirectly, writeThrough } from './clients.ts';
import type { Violation } from './invariants.ts';
import { randomOf } from './random.ts';
import { scenarioOf } from './scenario.ts';
import { whyUnsettled } from './settled.ts';
import { SimWorld } from './world.ts';

/** A cluster stands for so long before anything happens to it, in milliseconds. */
const quietMs = 8_000;
/** A cluster that can be recovered is recovered within this, back-offs of failed attempts included. */
const recoveredWithinMs = 300_000;

export interface History {
  readonly seed: number;
  /** Steps of the scheduler. */
  readonly events: number;
  readonly plans: number;
  readonly acknowledged: number;
  readonly violations: readonly Violation[];
  /** What happened, one line each, in the order of time. */
  readonly lines: readonly string[];
}

export interface HistoryOptions {
  /** Every server gives its lock to everybody. */
  readonly lockless?: boolean;
  /** How many hosts engines run on; one unless told. */
  readonly hosts?: 1 | 2;
}

/** Plays the history that the seed determines. */
export async function play(
  seed: number,
  { lockless = false, hosts = 1 }: HistoryOptions = {},
): Promise<History> {
  const random = randomOf(seed);
  const scenario = scenarioOf(random, hosts);
  const world = new SimWorld(scenario, random, lockless);
  const { time, invariants } = world;
  tellScenario(world);
  let isOver = false;
  scenario.monitors.forEach((host) => {
    const monitor = world.monitors.find((it) => it.host === host);
    if (monitor !== undefined) world.watchOn(monitor);
  });
  world.monitors.forEach((it) => {
    writeThrough(world, it, () => isOver);
  });
  if (scenario.hasDirectClients) writeDirectly(world, () => isOver);
  const found = (): boolean => invariants.violations.length > 0;
  await time.runUntil(quietMs, found);
  trouble(world);
  await time.runUntil(quietMs + scenario.troubleMs, found);
  if (!found()) await recover(world, found);
  isOver = true;
  world.watchers.forEach((it) => {
    it.process.kill();
  });
  return {
    seed,
    events: time.fired,
    plans: world.plans,
    acknowledged: world.writes.filter((it) => it.outcome !== 'unknown').length,
    violations: invariants.violations,
    lines: world.lines,
  };
}

function trouble(world: SimWorld): void {
  const { scenario, random, time } = world;
  for (let count = 0; count < scenario.faults; count += 1) {
    time.after(random.whole(0, scenario.troubleMs - 2_000), () => {
      happenSomething(world);
    });
  }
  let steps = scenario.faults > 0 && random.chance(0.5) ? random.whole(1, 60) : 0;
  const kills = random.chance(0.6);
  world.onStep = (process) => {
    steps -= 1;
    if (steps !== 0 || world.invariants.calmSince > 0) return;
    if (!kills) {
      happenSomething(world);
      return;
    }
    world.tell(`${process.name} is killed in the middle of its plan`);
    const watcher = world.watchers.find((it) => it.process === process);
    process.kill();
    if (watcher !== undefined) {
      world.kill(watcher);
      restartMonitor(world, watcher.monitor);
    }
  };
}

async function recover(world: SimWorld, found: () => boolean): Promise<void> {
  const { time, invariants, scenario } = world;
  if (scenario.faults > 0) calmDown(world);
  const endsAt = time.now + recoveredWithinMs;
  let settledFor = 0;
  while (time.now < endsAt && settledFor < 3 && !found()) {
    await time.runUntil(time.now + 3_000, found);
    settledFor = whyUnsettled(world) === undefined ? settledFor + 1 : 0;
  }
  const unsettled = whyUnsettled(world);
  if (!found() && settledFor < 3 && unsettled !== undefined) {
    invariants.broken(unsettled.which, unsettled.says);
  }
}

function tellScenario(world: SimWorld): void {
  const { flavor, servers, monitors, policy, boot } = world.scenario;
  const names = servers.map(({ key, source }) => (source === null ? key : `${key} <- ${source}`));
  const settings = boot('db1:3306');
  world.tell(
    `${flavor}: ${names.join(', ')}; engines on ${monitors.join(', ')}; db1 has ${JSON.stringify(settings)}; blockSeconds ${String(policy.blockSeconds)}, confirmSeconds ${String(policy.confirmSeconds)}, never promoted ${policy.ignoreHostFilters.join(' ')}`,
  );
}
