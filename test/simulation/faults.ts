import type { SimServer } from './server.ts';
import { isOpenMaster } from './invariants.ts';
import { acknowledgeAll, changeByPerson, madeUp } from './people.ts';
import type { Monitor, SimWorld } from './world.ts';

interface Fault {
  readonly weight: number;
  readonly happens: (world: SimWorld) => void;
}

/** What can go wrong, or be changed by a person, at any moment. */
const faults: readonly Fault[] = [
  { weight: 5, happens: (world) => down(world, masterOf(world)) },
  { weight: 3, happens: (world) => down(world, world.random.oneOf(world.servers)) },
  { weight: 2, happens: (world) => powerOff(world, masterOf(world)) },
  { weight: 4, happens: (world) => duringCommit(world, masterOf(world)) },
  { weight: 3, happens: (world) => hang(world, masterOf(world)) },
  { weight: 1, happens: (world) => hang(world, world.random.oneOf(world.servers)) },
  { weight: 4, happens: splitFromMonitors },
  { weight: 3, happens: splitServers },
  { weight: 2, happens: silenceOneWay },
  { weight: 1, happens: slowDown },
  { weight: 2, happens: (world) => withReplica(world, stopByPerson) },
  { weight: 2, happens: (world) => withReplica(world, failApplier) },
  { weight: 1, happens: (world) => withReplica(world, writeByPerson) },
  { weight: 3, happens: (world) => withReplica(world, makeLag) },
  { weight: 1, happens: fillDisk },
  { weight: 2, happens: troubleJournal },
  { weight: 3, happens: killMonitor },
  { weight: 2, happens: freezeMonitor },
  { weight: 1, happens: disarmForAWhile },
  { weight: 4, happens: changeByPerson },
  { weight: 1, happens: (world) => acknowledgeAll(world) },
];

const total = faults.reduce((sum, it) => sum + it.weight, 0);

export function happenSomething(world: SimWorld): void {
  let left = world.random.next() * total;
  const fault = faults.find((it) => (left -= it.weight) < 0) ?? faults[0];
  world.invariants.isHealthy = false;
  fault?.happens(world);
}

function masterOf(world: SimWorld): SimServer {
  return world.servers.find(isOpenMaster) ?? world.random.oneOf(world.servers);
}

function withReplica(world: SimWorld, work: (world: SimWorld, server: SimServer) => void): void {
  const replicas = world.servers.filter((it) => it.answers && it.channel !== undefined);
  if (replicas.length > 0) work(world, world.random.oneOf(replicas));
}

function later(world: SimWorld, least: number, most: number, work: () => void): void {
  world.time.after(world.random.whole(least, most), work);
}

function startLater(world: SimWorld, server: SimServer): void {
  if (world.random.chance(0.3)) return;
  later(world, 200, 40_000, () => {
    if (server.answers) return;
    world.tell(`${server.key} is started`);
    server.start();
  });
}

function down(world: SimWorld, server: SimServer): void {
  world.tell(`${server.key} is killed`);
  server.stop('down');
  startLater(world, server);
}

function powerOff(world: SimWorld, server: SimServer): void {
  world.tell(`${server.host} loses its power`);
  server.stop('off');
  startLater(world, server);
}

/** Between the moment at which a commit stands in the log and the one at which its client is told. */
function duringCommit(world: SimWorld, server: SimServer): void {
  world.tell(`${server.key} will die in the middle of a commit`);
  const length = server.log.length;
  const watch = (tries: number): void => {
    if (server.log.length > length || tries === 0) {
      down(world, server);
    } else {
      world.time.after(0.3, () => watch(tries - 1));
    }
  };
  watch(5_000);
}

function hang(world: SimWorld, server: SimServer): void {
  world.tell(`${server.key} hangs`);
  server.hang();
  if (world.random.chance(0.2)) return;
  later(world, 500, 40_000, () => {
    world.tell(`${server.key} goes on`);
    server.resume();
  });
}

function healLater(world: SimWorld): void {
  later(world, 500, 40_000, () => {
    world.tell('the network is whole again');
    world.network.heal();
  });
}

function splitFromMonitors(world: SimWorld): void {
  const { network, random, monitors, servers } = world;
  const monitor = random.oneOf(monitors);
  const some = random.chance(0.5) ? [masterOf(world)] : servers.filter(() => random.chance(0.5));
  world.tell(`${monitor.host} is cut off from ${some.map((it) => it.host).join(', ')}`);
  network.split(
    [monitor.host],
    some.map((it) => it.host),
  );
  healLater(world);
}

function splitServers(world: SimWorld): void {
  const { network, random, monitors, servers } = world;
  const hosts = [...servers, ...monitors].map((it) => it.host);
  const some = random.chance(0.4) ? [masterOf(world).host] : hosts.filter(() => random.chance(0.5));
  const others = hosts.filter((it) => !some.includes(it));
  world.tell(`the network splits: ${some.join(', ')} | ${others.join(', ')}`);
  network.split(some, others);
  healLater(world);
}

function silenceOneWay(world: SimWorld): void {
  const { network, random, monitors, servers } = world;
  const hosts = [...servers, ...monitors].map((it) => it.host);
  const from = random.oneOf(hosts);
  const to = random.oneOf(hosts.filter((it) => it !== from));
  world.tell(`nothing that ${from} says reaches ${to}`);
  network.cut(from, to);
  healLater(world);
}

function slowDown(world: SimWorld): void {
  const { host } = world.random.oneOf([...world.servers, ...world.monitors]);
  const ms = world.random.oneOf([30, 200, 600]);
  world.tell(`${host} is ${String(ms)} ms away`);
  world.network.slow(host, ms);
  healLater(world);
}

function stopByPerson(world: SimWorld, { key, channel }: SimServer): void {
  if (channel === undefined) return;
  const what = world.random.oneOf(['both', 'receiver', 'applier'] as const);
  world.tell(`a person stops replication on ${key}: ${what}`);
  channel.stoppedByPerson = true;
  if (what !== 'applier') channel.stopReceiver();
  if (what !== 'receiver') channel.stopApplier();
}

function writeByPerson(world: SimWorld, server: SimServer): void {
  world.tell(`a person writes on ${server.key}`);
  const transaction = server.nextTransaction();
  world.invariants.rules.errant.add(transaction);
  server.append(transaction);
}

function failApplier(world: SimWorld, { key, channel }: SimServer): void {
  world.tell(`the applier of ${key} stops with an error`);
  channel?.fail({ code: madeUp, message: "Table 'app.rows' does not exist" });
}

function makeLag(world: SimWorld, { key, channel }: SimServer): void {
  if (channel === undefined) return;
  const ms = world.random.oneOf([300, 1_500, 6_000]);
  world.tell(`${key} needs ${String(ms)} ms for each transaction`);
  channel.applyMs = ms;
  later(world, 2_000, 40_000, () => {
    channel.applyMs = 1;
  });
}

function fillDisk(world: SimWorld): void {
  const server = masterOf(world);
  world.tell(`the disk of ${server.key} is full`);
  server.isFull = true;
  later(world, 2_000, 40_000, () => {
    server.isFull = false;
  });
}

function troubleJournal(world: SimWorld): void {
  const { journal, host } = world.random.oneOf(world.monitors);
  const trouble = world.random.oneOf(['locked', 'full'] as const);
  world.tell(`the journal of ${host} is ${trouble}`);
  journal.trouble = trouble;
  later(world, 200, 30_000, () => {
    world.tell(`the journal of ${host} works again`);
    journal.trouble = undefined;
  });
}

function killMonitor(world: SimWorld): void {
  const [watcher] = world.watchers.toSorted(() => (world.random.chance(0.5) ? 1 : -1));
  if (watcher === undefined) return;
  world.tell(`${watcher.process.name} is killed`);
  world.kill(watcher);
  restartMonitor(world, watcher.monitor);
}

export function restartMonitor(world: SimWorld, monitor: Monitor): void {
  later(world, 100, 20_000, () => {
    world.watchOn(monitor);
  });
}

function freezeMonitor(world: SimWorld): void {
  if (world.watchers.length === 0) return;
  const { process } = world.random.oneOf(world.watchers);
  world.tell(`${process.name} is frozen`);
  process.freeze();
  later(world, 500, 40_000, () => {
    if (!process.isAlive) return;
    world.tell(`${process.name} goes on`);
    process.thaw();
  });
}

function disarmForAWhile(world: SimWorld): void {
  const { journal, host } = world.random.oneOf(world.monitors);
  world.tell(`a person disarms automatic failover on ${host}`);
  const { cluster } = world.scenario.policy;
  journal.disarming = { cluster, at: 0, by: 'ops', reason: 'maintenance' };
  later(world, 1_000, 30_000, () => {
    world.tell(`a person arms automatic failover on ${host}`);
    journal.disarming = undefined;
  });
}
