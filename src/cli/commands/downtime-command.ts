import { Command, InvalidArgumentError } from 'commander';
import type { InstanceKey } from '../../core/model/instance.ts';
import type { Downtime } from '../../core/model/watch.ts';
import { findConfig } from '../config-file.ts';
import type { Journal } from '../engine-type.ts';
import { exitCodes, wrongUse, type ExitCode } from '../exit-code.ts';
import { findAmong, type NamedInstance } from './find-instance.ts';
import { demandKnownCluster, withJournal } from './journal.ts';
import type { Perform } from '../perform.ts';
import { configPlaceOf, type Run } from '../run.ts';
import { utc } from '../output/utc.ts';

interface Options {
  readonly minutes?: number;
  readonly untilEnded?: boolean;
  readonly end?: boolean;
  readonly reason?: string;
}

/** What is in downtime; without an instance the whole cluster. */
interface Place {
  readonly cluster: string;
  readonly instance: InstanceKey | null;
}

export function downtimeCommand(perform: Perform): Command {
  return new Command('downtime')
    .description('begin or end a time in which findings are shown but nothing is done by itself')
    .usage('[options] CLUSTER [INSTANCE] (--minutes N | --until-ended | --end)')
    .argument('<CLUSTER>')
    .argument('[INSTANCE]', 'the whole cluster where none is named')
    .option('--minutes <N>', 'begin one that ends by itself', minutesIn)
    .option('--until-ended', 'begin one that somebody must end')
    .option('--end', 'end it now')
    .option('--reason <TEXT>', 'shown to everybody')
    .action((cluster: string, instance: string | undefined, options: Options) =>
      perform((run) => downtime(run, [cluster, instance], options)),
    );
}

function minutesIn(text: string): number {
  const minutes = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (minutes > 0 && minutes <= 527_040) return minutes;
  throw new InvalidArgumentError('It must be a number above 0, and at most 527040: a year.');
}

function downtime(
  run: Run,
  [cluster, named]: readonly [string, string | undefined],
  options: Options,
): Promise<ExitCode> {
  demandOneWay(options);
  return withJournal(run, (journal) => {
    demandKnownCluster(run, journal, cluster);
    const instance =
      named === undefined ? null : findAmong(cluster, instancesOf(run, journal, cluster), named);
    if (options.end === true) end(run, journal, { cluster, instance });
    else begin(run, journal, downtimeOf(run, { cluster, instance }, options));
    return exitCodes.done;
  });
}

function demandOneWay({ minutes, untilEnded, end: ends, reason }: Options): void {
  const ways = [minutes, untilEnded, ends].filter((it) => it !== undefined);
  if (ways.length !== 1) throw wrongUse('Give one of these: --minutes N, --until-ended, or --end.');
  if (ends === true && reason !== undefined)
    throw wrongUse('--reason belongs to a downtime that begins, not to --end.');
}

function downtimeOf({ io }: Run, place: Place, { minutes, reason = '' }: Options): Downtime {
  const since = io.now();
  const until = minutes === undefined ? null : since + minutes * 60_000;
  return { ...place, since, until, owner: io.actor, reason };
}

function begin(run: Run, journal: Journal, begun: Downtime): void {
  journal.beginDowntime(begun);
  if (run.options.json === true) run.json({ downtime: begun }, 'document');
  const until = begun.until === null ? 'until somebody ends it' : `until ${utc(begun.until)}`;
  run.tell(`${nameOf(begun)} is in downtime ${until}.`);
}

function end(run: Run, journal: Journal, place: Place): void {
  const ended = journal.endDowntime(place.cluster, place.instance);
  if (run.options.json === true) run.json({ ended }, 'document');
  run.tell(
    ended ? `The downtime of ${nameOf(place)} has ended.` : `${nameOf(place)} was in no downtime.`,
  );
}

function nameOf({ cluster, instance }: Place): string {
  return instance === null ? cluster : `${instance} of ${cluster}`;
}

/** Whoever was seen in the cluster, and the seeds that were not seen yet: no server is asked. */
function instancesOf(run: Run, journal: Journal, cluster: string): readonly NamedInstance[] {
  const seen = journal.knownInstances(cluster).map(({ key, address }) => ({
    key,
    names: [key, address],
  }));
  const settings = findConfig(run.io, configPlaceOf(run))?.settings;
  const seeds = settings?.clusters.find((it) => it.id === cluster)?.seeds ?? [];
  const unseen = seeds.filter((seed) => !seen.some((it) => it.names.includes(seed)));
  return [...seen, ...unseen.map((key) => ({ key, names: [key] }))];
}
