import { Command } from 'commander';
import { beginBackground } from './background.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { keepLasting, readLastingConfig } from '../lasting-config.ts';
import { loneMonitorSays } from './lone-monitor.ts';
import { eventTeller, type MonitorEvent } from '../output/monitor-events.ts';
import type { Perform } from '../perform.ts';
import { withEngine, type Run, type Session } from '../run.ts';

/** How often a mistake in the settings is said. */
const sayAgainMs = 300_000;

interface Options {
  readonly background?: boolean;
}

export function monitorCommand(perform: Perform): Command {
  return new Command('monitor')
    .description('watch, fail over by itself and serve embedded proxies, until SIGINT or SIGTERM')
    .argument('[CLUSTER...]', 'all where none is named')
    .option('--background', 'one for each cluster, until the settings file is replaced or removed')
    .action((clusters: readonly string[], { background }: Options) =>
      perform((run) =>
        background === true
          ? withEngine(run, clusters, (session) => monitorInBackground(run, session))
          : monitorLastingly(run, clusters),
      ),
    );
}

/** With the last good settings where the file has a mistake, which is said until it is corrected. */
async function monitorLastingly(run: Run, clusters: readonly string[]): Promise<ExitCode> {
  const config = readLastingConfig(run);
  const work = async (session: Session): Promise<ExitCode> => {
    keepLasting(run, config);
    const timer = setInterval(() => config.mistakes.forEach(run.warn), sayAgainMs);
    try {
      return await monitor(run, session, run.io.signal);
    } finally {
      clearInterval(timer);
    }
  };
  return withEngine(run, clusters, work, config);
}

async function monitorInBackground(run: Run, session: Session): Promise<ExitCode> {
  const background = beginBackground(run, session);
  if (background === undefined) return exitCodes.failed;
  try {
    return await monitor(run, session, background.signal);
  } finally {
    background.end();
  }
}

async function monitor(
  run: Run,
  { engine, clusters, done }: Session,
  signal: AbortSignal,
): Promise<ExitCode> {
  const watches = [...engine.clusters.values()].map(async (backend) => {
    const tell = eventTeller(backend.cluster, (event) => print(run, event));
    const settings = clusters.find((it) => it.id === backend.cluster);
    let isFirst = true;
    const stop = backend.onState((state) => {
      tell(state, run.io.now());
      const says = isFirst ? loneMonitorSays(state, settings) : undefined;
      if (says !== undefined) run.warn(`error: ${says}`);
      isFirst = false;
    });
    await backend.watch(signal, true).finally(stop);
  });
  await Promise.all(watches);
  return done;
}

function print(run: Run, event: MonitorEvent): void {
  const at = new Date(event.at).toISOString();
  if (run.options.json === true) run.json({ ...event, at, says: undefined }, 'line');
  else for (const line of event.says) run.tell(`${at} ${event.cluster} ${line}`);
}
