import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterSettings, Settings } from '../../config/settings.ts';
import type { Credentials } from '../users/credentials.ts';
import { monitorEnvironment, monitorSettings, type KeptPasswords } from './monitor-settings.ts';

export interface MonitorContext {
  /** Where the windows and the monitors keep what they remember. */
  readonly stateDir: string;
  /** `cli.js` of this version of the extension. */
  readonly program: string;
  readonly version: string;
  readonly credentials: Credentials;
  /** `user@host (pid)` of the cluster's background monitor; undefined where none runs. */
  readonly holder: (cluster: string) => string | undefined;
  /** Whether `holder` knows. */
  readonly isReadable: () => boolean;
}

/** A monitor that ends finishes, or takes back, what it has begun. */
const endWithinMs = 60_000;
const beginWithinMs = 15_000;
const longestLogBytes = 5_000_000;

/**
 * Starts and ends background monitors, one process for each cluster. What runs is known by the lease that the monitor
 * holds, never by a process id that may be used again; one ends when its settings file is replaced or removed.
 */
export class BackgroundMonitors {
  readonly #context: MonitorContext;

  constructor(context: MonitorContext) {
    this.#context = context;
  }

  /** Starts one unless one runs with these very settings; one with other settings makes room. False: it did not come up. */
  async start(settings: Settings, cluster: ClusterSettings): Promise<boolean> {
    const kept = await this.#kept(cluster);
    const own = monitorSettings(settings, cluster, { kept, home: homedir() });
    const text = `${JSON.stringify(own, null, 2)}\n`;
    const file = this.#settingsFile(cluster.id);
    const { holder } = this.#context;
    if (holder(cluster.id) !== undefined && textOf(file) === text) return true;
    // While nobody knows who runs, none is ended.
    if (!this.#context.isReadable()) return false;
    this.#removeSettings(cluster.id, file);
    writePrivately(file, text);
    await until(() => holder(cluster.id) === undefined, endWithinMs);
    this.#spawn(cluster.id, kept);
    return until(() => holder(cluster.id) !== undefined, beginWithinMs);
  }

  /** False: it still runs. */
  async stop(cluster: string): Promise<boolean> {
    this.#removeSettings(cluster);
    return until(() => this.#context.holder(cluster) === undefined, endWithinMs);
  }

  /** Its settings are as good as new: the next start begins with another process. */
  async restart(settings: Settings, cluster: ClusterSettings): Promise<boolean> {
    return (await this.stop(cluster.id)) && this.start(settings, cluster);
  }

  logFile(cluster: string): string {
    return join(this.#folder, `${fileNameOf(cluster)}.log`);
  }

  get #folder(): string {
    return join(this.#context.stateDir, 'monitors');
  }

  #settingsFile(cluster: string): string {
    return join(this.#folder, `${fileNameOf(cluster)}@${this.#context.version}.json`);
  }

  #makeFolder(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  async #kept(cluster: ClusterSettings): Promise<KeptPasswords> {
    const { credentials } = this.#context;
    return {
      monitor: await credentials.read(cluster, 'monitor'),
      replication: await credentials.read(cluster, 'replication'),
      sshPassphrase: cluster.ssh === undefined ? undefined : await credentials.newestPassphrase(),
    };
  }

  /** Also those of other versions of the extension: a newer one replaces the process too. */
  #removeSettings(cluster: string, but?: string): void {
    this.#makeFolder();
    const ours = readdirSync(this.#folder).filter(
      (name) => name.startsWith(`${fileNameOf(cluster)}@`) && name.endsWith('.json'),
    );
    for (const file of ours.map((name) => join(this.#folder, name))) {
      if (file !== but) rmSync(file, { force: true });
    }
  }

  #spawn(cluster: string, kept: KeptPasswords): void {
    const { program, stateDir } = this.#context;
    const log = openLog(this.logFile(cluster));
    const words = ['monitor', cluster, '--background', '--json'];
    const places = ['--config', this.#settingsFile(cluster), '--state', stateDir];
    const child = spawn(process.execPath, [program, ...words, ...places], {
      cwd: homedir(),
      env: monitorEnvironment(process.env, kept),
      // A session of its own: it outlives the window, and a reload.
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log, log],
    });
    // It shows by its lease whether it came up.
    child.on('error', () => undefined);
    child.unref();
    closeSync(log);
  }
}

/** Names of clusters hold nothing that a file's name may not hold, but case may matter to them alone. */
function fileNameOf(cluster: string): string {
  return encodeURIComponent(cluster).replaceAll('.', '%2E');
}

function writePrivately(file: string, text: string): void {
  const fresh = `${file}.${String(process.pid)}`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, file);
}

/** Goes on with the log of the one before; a long one begins anew and the old one is kept once. */
function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > longestLogBytes) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // No such file: no monitor was started.
  }
}

async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > deadline) return false;
    await pause(100);
  }
  return true;
}
