import { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';
import { eventTeller, type MonitorEvent } from './monitor-events.ts';
import type { Perform } from './perform.ts';
import { withEngine, type Run } from './run.ts';

export function monitorCommand(perform: Perform): Command {
  return new Command('monitor')
    .description('watch, fail over by itself and serve embedded proxies, until SIGINT or SIGTERM')
    .argument('[CLUSTER...]', 'all where none is named')
    .action((clusters: readonly string[]) => perform((run) => monitor(run, clusters)));
}

function monitor(run: Run, asked: readonly string[]): Promise<ExitCode> {
  return withEngine(run, asked, async ({ engine, done }) => {
    const watches = [...engine.clusters.values()].map(async (backend) => {
      const tell = eventTeller(backend.cluster, (event) => print(run, event));
      const stop = backend.onState((state) => tell(state, run.io.now()));
      await backend.watch(run.io.signal, true).finally(stop);
    });
    await Promise.all(watches);
    return done;
  });
}

function print(run: Run, event: MonitorEvent): void {
  const at = new Date(event.at).toISOString();
  if (run.options.json === true) run.json({ ...event, at, says: undefined }, 'line');
  else for (const line of event.says) run.tell(`${at} ${event.cluster} ${line}`);
}
