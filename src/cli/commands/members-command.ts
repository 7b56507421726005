import { Command } from 'commander';
import { readAddress } from '../../config/address.ts';
import type { ClusterSettings } from '../../config/settings.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import { normalName, type Standing, type StandingKind } from '../../core/model/standing.ts';
import type { Topology } from '../../core/model/topology.ts';
import { findConfig } from '../config-file.ts';
import type { Journal } from '../engine-type.ts';
import { CommandError, exitCodes, wrongUse, type ExitCode } from '../exit-code.ts';
import { demandKnownCluster, withJournal } from './journal.ts';
import { outsiderLines } from '../output/print-topology.ts';
import type { Perform } from '../perform.ts';
import { configPlaceOf, look, withEngine, type Run } from '../run.ts';
import { outsiderJson } from '../output/topology-json.ts';

interface Options {
  readonly confirm?: string;
  readonly ignore?: string;
  readonly forget?: string;
}

/** What a person says of a name. */
interface Word {
  readonly what: 'confirm' | 'ignore' | 'forget';
  readonly name: InstanceKey;
}

export function membersCommand(perform: Perform): Command {
  return new Command('members')
    .description('print who belongs to a cluster, or confirm, ignore or forget a name')
    .usage('[options] CLUSTER [--confirm HOST:PORT | --ignore HOST:PORT | --forget HOST:PORT]')
    .argument('<CLUSTER>')
    .option('--confirm <HOST:PORT>', 'it belongs to the cluster, and may be logged in to')
    .option('--ignore <HOST:PORT>', 'it does not, and is not mentioned again')
    .option('--forget <HOST:PORT>', 'takes back what was said of it')
    .action((cluster: string, options: Options) =>
      perform((run) => {
        const word = wordIn({ ...options, ...confirmIn(run, options) });
        return word === undefined ? list(run, cluster) : note(run, cluster, word);
      }),
    );
}

/** The program has an option of the same name, which takes it away from the command. */
function confirmIn({ options }: Run, { confirm }: Options): Options {
  const given = confirm ?? options.confirm;
  return given === undefined ? {} : { confirm: given };
}

function wordIn(options: Options): Word | undefined {
  const given = (['confirm', 'ignore', 'forget'] as const).flatMap((what) => {
    const text = options[what];
    return text === undefined ? [] : [{ what, text }];
  });
  const [first] = given;
  if (given.length > 1) throw wrongUse('Give one of these: --confirm, --ignore or --forget.');
  if (first === undefined) return undefined;
  const read = readAddress(first.text);
  if (read.kind === 'wrong') {
    throw wrongUse(`${JSON.stringify(first.text)} names no instance: ${read.because}.`);
  }
  return { what: first.what, name: normalName(read.key) };
}

function note(run: Run, cluster: string, word: Word): Promise<ExitCode> {
  return withJournal(run, (journal) => {
    demandKnownCluster(run, journal, cluster);
    const settings = findConfig(run.io, configPlaceOf(run))?.settings.clusters;
    demandSense(word, journal, { cluster, settings: settings?.find((it) => it.id === cluster) });
    const said = obey(run, journal, cluster, word);
    if (run.options.json === true) run.json({ cluster, ...said.json }, 'document');
    run.tell(said.says);
    return exitCodes.done;
  });
}

/** What the settings say stands above a word in the journal: then the settings are the place to say it. */
function demandSense(
  { what, name }: Word,
  journal: Journal,
  context: { readonly cluster: string; readonly settings: ClusterSettings | undefined },
): void {
  const { cluster, settings } = context;
  const isSeed = isIn([name], namesTold(settings));
  if (what === 'ignore') {
    if (isSeed) {
      throw refusal(`${name} is a seed or in the addresses of ${cluster}: change the settings.`);
    }
    const masters = journal.knownInstances(cluster).filter((it) => it.role === 'master');
    if (
      isIn(
        [name],
        masters.map((it) => it.key),
      )
    ) {
      throw refusal(`${name} is the master of ${cluster}: it cannot be ignored.`);
    }
  }
  if (what === 'confirm' && settings?.members !== undefined && !isSeed) {
    throw refusal(
      `The settings list the members of ${cluster}: add ${JSON.stringify(name)} to "members" there.`,
    );
  }
}

/** Seeds, and the names that `addresses` leads somewhere. */
function namesTold(settings: ClusterSettings | undefined): readonly InstanceKey[] {
  return settings === undefined ? [] : [...settings.seeds, ...Object.keys(settings.addresses)];
}

function isIn(names: readonly InstanceKey[], them: readonly InstanceKey[]): boolean {
  const all = new Set(names.map(normalName));
  return them.some((it) => all.has(normalName(it)));
}

function refusal(says: string): CommandError {
  return new CommandError(exitCodes.refused, says);
}

interface Said {
  readonly json: Readonly<Record<string, unknown>>;
  readonly says: string;
}

function obey({ io }: Run, journal: Journal, cluster: string, { what, name }: Word): Said {
  const noted = journal.standings(cluster).filter((it) => normalName(it.name) === name);
  const known = journal.knownInstances(cluster).filter((it) => normalName(it.key) === name);
  if (what === 'forget') {
    if (noted.length === 0 && known.length === 0) {
      throw wrongUse(`Nothing is noted of ${name} in ${cluster}.`);
    }
    noted.forEach((it) => journal.dropStanding(cluster, it.name));
    known.forEach((it) => {
      journal.forgetInstance(cluster, it.key);
    });
    return { json: { forgotten: name }, says: `${name} is forgotten in ${cluster}.` };
  }
  const kind: StandingKind = what === 'confirm' ? 'confirmed' : 'ignored';
  noted.forEach((it) => journal.dropStanding(cluster, it.name));
  const standing: Standing = { name, kind, identity: null, at: io.now(), by: io.actor };
  journal.noteStandings(cluster, [standing]);
  return what === 'confirm'
    ? { json: { confirmed: name }, says: `${name} is a member of ${cluster}.` }
    : { json: { ignored: name }, says: `${name} is ignored in ${cluster}.` };
}

function list(run: Run, cluster: string): Promise<ExitCode> {
  return withEngine(run, [cluster], async (session) => {
    const { states, finish } = await look(run, session);
    const noted = session.engine.store?.standings(cluster) ?? [];
    const [settings] = session.clusters;
    for (const { topology } of states) {
      const members = topology.members.map((it) => ({
        instance: it.key,
        by: reasonFor([it.key, ...it.aliases], topology, { noted, settings }),
      }));
      const outsiders = (topology.outsiders ?? []).map(outsiderJson);
      if (run.options.json === true) run.json({ cluster, members, outsiders }, 'document');
      else print(run, topology, members);
    }
    finish();
    return session.done;
  });
}

function print(
  run: Run,
  topology: Topology,
  members: readonly { readonly instance: string; readonly by: string }[],
): void {
  const width = Math.max(0, ...members.map((it) => it.instance.length));
  for (const { instance, by } of members) run.tell(`${instance.padEnd(width)}  ${by}`);
  for (const line of outsiderLines(topology)) run.tell(run.paint('yellow', line));
  for (const { key, why } of topology.outsiders ?? []) {
    if (why === 'ignored') run.tell(run.paint('dim', `${key} is ignored`));
  }
}

/** Why an instance is a member, as far as the settings and the journal tell: one word. */
function reasonFor(
  names: readonly InstanceKey[],
  { toReview = [] }: Topology,
  {
    noted,
    settings,
  }: { readonly noted: readonly Standing[]; readonly settings: ClusterSettings | undefined },
): string {
  if (isIn(names, namesTold(settings))) return 'seed';
  if (settings?.members !== undefined) return 'settings';
  const confirmed = noted.filter((it) => it.kind === 'confirmed').map((it) => it.name);
  if (isIn(names, confirmed)) return 'confirmed';
  return isIn(names, toReview) ? 'to-review' : 'environment';
}
