import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { openStore } from '../../src/adapters/store/sqlite-store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { until } from '../support/harness/until.ts';

const cli = resolve(import.meta.dirname, '../../dist/cli.js');
const limitMs = 90_000;

export const contenderNames = ['window', 'one', 'other'] as const;
export type ContenderName = (typeof contenderNames)[number];

export interface ContendersContext {
  /** The folder of the journal that all share. */
  readonly state: string;
  /** The settings of both monitors. */
  readonly config: string;
  /** Ends the window's engine and begins another, and settles when that looks again. */
  readonly reloadWindow: () => Promise<void>;
}

/** A window and two monitors that watch one cluster named lab. */
export interface Contenders {
  /** Whose process an actor of the journal names; the window where it is no monitor that runs. */
  nameOf(actor: string): ContenderName;
  /** Ends whoever else has the watch, by SIGKILL or a reload, until this one has it; then all three watch again. */
  giveWatchTo(name: ContenderName): Promise<void>;
  /** Ends the monitors as a system does that shuts down. */
  end(): Promise<void>;
}

export async function startContenders(context: ContendersContext): Promise<Contenders> {
  const store = openStore(context.state, { clock: systemClock });
  const monitors = new Map<ContenderName, ChildProcess>();
  const nameOf = (actor: string): ContenderName => {
    const [, pid] = /\((\d+)\)/.exec(actor) ?? [];
    const [monitor] = [...monitors].find(([, it]) => String(it.pid) === pid) ?? [];
    return monitor ?? 'window';
  };
  const holder = (): ContenderName | undefined => {
    const actor = store.leaseHolder('watch:lab');
    return actor === undefined ? undefined : nameOf(actor);
  };
  const kill = async (name: ContenderName): Promise<void> => {
    const monitor = monitors.get(name);
    monitors.delete(name);
    await end(monitor, 'SIGKILL');
  };
  const startMissing = async (): Promise<void> => {
    for (const name of contenderNames.filter((it) => it !== 'window' && !monitors.has(it))) {
      monitors.set(name, await startMonitor(context));
    }
  };
  await startMissing();
  return {
    nameOf,
    giveWatchTo: async (name) => {
      if (holder() !== name) {
        await Promise.all(contenderNames.filter((it) => it !== name).map(kill));
        await until('somebody takes the watch', () => holder() !== undefined, limitMs);
        if (holder() !== name) await context.reloadWindow();
        await until(`${name} has the watch`, () => holder() === name, limitMs);
      }
      await startMissing();
    },
    end: async () => {
      await Promise.all([...monitors.values()].map((it) => end(it, 'SIGTERM')));
      store.close();
    },
  };
}

/** `switchover monitor` beside the window; settles when it has told its first line. */
async function startMonitor({ config, state }: ContendersContext): Promise<ChildProcess> {
  const words = ['monitor', '--json', '--config', config, '--state', state];
  const monitor = spawn(process.execPath, [cli, ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(monitor.stdout, 'data');
  monitor.stdout.resume();
  return monitor;
}

async function end(monitor: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (monitor === undefined || monitor.exitCode !== null || monitor.signalCode !== null) return;
  const ended = once(monitor, 'exit');
  monitor.kill(signal);
  await ended;
}
