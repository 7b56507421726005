import type { Wish } from '../../src/core/model/plan.ts';
import type { SimServer } from './server.ts';
import type { Monitor, SimWorld } from './world.ts';

/** Everything that persons can bring in order, they bring in order: what is left then is ours to end. */
export function calmDown(world: SimWorld): void {
  const { network, servers, monitors, watchers, invariants, time } = world;
  world.tell('From here on nothing more happens: persons repair what is broken.');
  network.heal();
  servers.forEach((it) => {
    it.isFull = false;
    it.resume();
    it.start();
    repair(it);
  });
  monitors.forEach(({ journal }) => {
    journal.trouble = undefined;
    journal.disarming = undefined;
  });
  watchers.forEach((it) => {
    it.process.thaw();
  });
  monitors
    .filter(({ host }) => !world.watchers.some((it) => it.monitor.host === host))
    .forEach((it) => {
      world.watchOn(it);
    });
  invariants.calmSince = time.now;
  acknowledgeAll(world);
}

export function acknowledgeAll({ monitors }: SimWorld): void {
  for (const { journal } of monitors) {
    for (const kept of journal.recoveries.values()) {
      const acknowledgement = { at: kept.recovery.startedAt, by: 'ops', comment: '' };
      if (kept.recovery.state !== 'running') kept.recovery = { ...kept.recovery, acknowledgement };
    }
  }
}

/** What a person stopped, and what an applier stumbled over without reason, runs again. */
function repair({ channel }: SimServer): void {
  if (channel === undefined) return;
  channel.applyMs = 1;
  if (channel.applierError?.code === madeUp) channel.startApplier();
  if (channel.stoppedByPerson) {
    channel.stoppedByPerson = false;
    channel.startApplier();
    channel.startReceiver();
  }
}

/** Of an applier that stopped without reason. */
export const madeUp = 1146;

/** A person asks for a change from the command line, in a process of its own. */
export function changeByPerson(world: SimWorld): void {
  const { random, servers } = world;
  const instance = random.oneOf(servers).key;
  const below = random.oneOf(servers).key;
  const wish = random.oneOf<Wish>([
    { kind: 'promote', instance, acceptLoss: false },
    { kind: 'promote', instance, acceptLoss: false },
    { kind: 'rejoin', instance },
    { kind: 'relocate', instance, below },
  ]);
  world.tell(
    `a person asks: ${wish.kind} ${instance}${wish.kind === 'relocate' ? ` below ${below}` : ''}`,
  );
  void perform(world, random.oneOf(world.monitors), wish);
}

async function perform(world: SimWorld, monitor: Monitor, wish: Wish): Promise<void> {
  const { engine, process } = world.engineOn(monitor);
  const { signal } = new AbortController();
  try {
    const decision = await engine.plan(wish, signal);
    if (decision.kind === 'act') await engine.run(decision.plan, signal);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ReplicationError')) {
      world.invariants.broken('bug', String(error instanceof Error ? error.stack : error));
    }
  }
  process.kill();
}
