import { inEnglish } from '../../src/core/model/phrase.ts';
import type { ClusterBackend } from '../../src/core/backend.ts';
import type { Recovery, StepRecord } from '../../src/core/model/recovery.ts';
import { Channel } from './channel.ts';
import { engineIn } from './engine-process.ts';
import { Invariants } from './invariants.ts';
import { Journal } from './journal.ts';
import { Network } from './network.ts';
import { SimProcess } from './process.ts';
import { ProxyPort } from './proxy.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import type { Write } from './semi-sync.ts';
import { SimServer, type Surroundings } from './server.ts';
import { VirtualTime } from './virtual-time.ts';

/** A session that says nothing for so long is ended by its server, where it asked for that. */
const idleMs = 10_000;

/** What is on one host that engines run on. */
export interface Monitor {
  readonly host: string;
  readonly journal: Journal;
  readonly port: ProxyPort;
}

/** One process of ours that watches. */
export interface Watcher {
  readonly process: SimProcess;
  readonly monitor: Monitor;
  readonly engine: ClusterBackend;
}

/** Everything that one history is played in. */
export class SimWorld implements Surroundings {
  readonly time = new VirtualTime();
  readonly network: Network;
  readonly servers: SimServer[];
  readonly monitors: readonly Monitor[];
  readonly writes: Write[] = [];
  readonly lines: string[] = [];
  readonly invariants: Invariants;
  readonly scenario: Scenario;
  readonly random: Random;
  readonly lockless: boolean;
  watchers: Watcher[] = [];
  plans = 0;
  /** Called as each step of a plan begins or ends. */
  onStep: (process: SimProcess, recovery: Recovery) => void = () => undefined;
  #pids = 100;

  constructor(scenario: Scenario, random: Random, lockless: boolean) {
    this.scenario = scenario;
    this.random = random;
    this.lockless = lockless;
    this.network = new Network(() => this.time.now);
    this.servers = scenario.servers.map(
      ({ key }) => new SimServer(key, scenario.flavor, scenario.boot(key), this),
    );
    this.monitors = [...new Set(scenario.monitors)].map((host) => ({
      host,
      journal: new Journal(),
      port: new ProxyPort(host),
    }));
    this.invariants = new Invariants(this);
    this.#replicate();
    this.#tick();
    this.monitors.forEach((it) => {
      it.journal.onSave = (recovery, before, process) => {
        this.#follow(recovery, before, process);
      };
    });
  }

  serverAt(key: string): SimServer | undefined {
    return this.servers.find((it) => it.key === key);
  }

  tell(line: string): void {
    this.lines.push(`${(this.time.now / 1000).toFixed(3).padStart(9)} s  ${line}`);
  }

  /** A new process of ours, with an engine in it. */
  engineOn(monitor: Monitor): Watcher {
    this.#pids += 1;
    const process = new SimProcess(monitor.host, this.#pids, this.time);
    process.onEnd(() => {
      this.#hangUp(process);
    });
    const engine = engineIn(process, {
      world: this,
      random: this.random,
      journal: monitor.journal,
      port: monitor.port,
      policy: this.scenario.policy,
      seeds: this.servers.map((it) => it.key),
      lockless: this.lockless,
      before: (action, server, by) => {
        this.invariants.before(action, server, by);
      },
      log: (level, line) => {
        if (level !== 'debug' && process.isAlive) this.tell(`${process.name}: ${level}: ${line}`);
        if (/Error: (?!aborted)[^\n]*\n\s+at /.test(line)) this.invariants.broken('bug', line);
      },
    });
    return { process, monitor, engine };
  }

  /** Starts a process that watches and acts by itself. */
  watchOn(monitor: Monitor): Watcher {
    const watcher = this.engineOn(monitor);
    this.watchers.push(watcher);
    this.tell(`${watcher.process.name} begins to watch`);
    void watcher.engine.watch(new AbortController().signal, true);
    return watcher;
  }

  kill(watcher: Watcher): void {
    this.watchers = this.watchers.filter((it) => it !== watcher);
    watcher.process.kill();
  }

  #hangUp(process: SimProcess): void {
    for (const server of this.servers) {
      const ours = [...server.sessions].filter((it) => it.process === process);
      if (server.answers && this.network.passes(process.host, server.host)) {
        ours.forEach((it) => {
          server.closeSession(it);
        });
      }
    }
  }

  #replicate(): void {
    for (const { key, source } of this.scenario.servers) {
      const server = this.serverAt(key);
      if (server !== undefined && source !== null) {
        server.readOnly = true;
        server.channel = new Channel(server, source, server.boot.connectRetrySeconds);
        server.channel.startApplier();
        server.channel.startReceiver();
      }
    }
  }

  #tick(): void {
    this.time.after(1_000, () => {
      this.servers.forEach((it) => {
        it.channel?.tick();
        if (it.answers) this.#endIdle(it);
      });
      this.invariants.look();
      this.#tick();
    });
  }

  #endIdle(server: SimServer): void {
    for (const session of server.sessions) {
      const { process } = session;
      const joined = this.network.joins(process.host, server.host);
      const isGone = !process.isAlive && joined;
      if (process.runs && joined) session.heardAt = this.time.now;
      const isIdle = this.time.now - session.heardAt > idleMs && server.lock === session;
      if (isGone || isIdle) server.closeSession(session);
    }
  }

  #follow(recovery: Recovery, before: Recovery | undefined, process: SimProcess): void {
    if (before === undefined) {
      this.plans += 1;
      this.invariants.rules.begins(recovery, process);
      const words = inEnglish(recovery.headline);
      this.tell(`${process.name}: ${recovery.kind} begins (${recovery.trigger}): ${words}`);
    }
    const changed = recovery.steps.filter((it, index) => it.state !== before?.steps[index]?.state);
    changed
      .filter((it) => it.state !== 'waiting')
      .forEach((it) => {
        this.tell(`  ${recovery.kind} step ${stepLine(it)}`);
      });
    if (before !== undefined && recovery.state !== before.state) {
      const problems = recovery.problems.map(inEnglish).join(' ');
      this.tell(`${process.name}: ${recovery.kind} ${recovery.state}. ${problems}`);
    }
    if (changed.length > 0) this.onStep(process, recovery);
  }
}

function stepLine({ id, on, says, state, note }: StepRecord): string {
  const told = note === null ? '' : ` (${inEnglish(note)})`;
  return `${id} on ${on} ${state}: ${inEnglish(says)}${told}`;
}
