import { Command, Option, InvalidArgumentError } from 'commander';
import type { LabControl, LabView } from '../engine-type.ts';
import { findConfig } from '../config-file.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Perform } from '../perform.ts';
import { configPlaceOf, stateDirOf, type Run } from '../run.ts';

interface Options {
  readonly flavor?: 'mariadb' | 'mysql';
  /** Undefined: as the lab that is there, else processes. */
  readonly with?: 'processes' | 'docker';
  readonly replicas: number;
}

export function labCommand(perform: Perform): Command {
  const lab = new Command('lab').description('real servers on this machine, to practise on');
  const up = new Command('up')
    .description('start a master and its replicas')
    .addOption(new Option('--flavor <FLAVOR>', 'which server').choices(['mariadb', 'mysql']))
    .addOption(
      new Option('--with <WAY>', 'how they run (default: processes)').choices([
        'processes',
        'docker',
      ]),
    )
    .addOption(new Option('--replicas <N>', 'how many replicas').argParser(replicaCount).default(2))
    .action((options: Options) => perform((run) => labUp(run, options)));
  const down = new Command('down')
    .description('stop the servers and remove everything of them')
    .action(() => perform(labDown));
  const status = new Command('status')
    .description('print what runs')
    .action(() => perform(labStatus));
  return lab.addCommand(up).addCommand(down).addCommand(status);
}

function replicaCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= 9) return count;
  throw new InvalidArgumentError('It must be a number from 1 to 9.');
}

async function control(run: Run): Promise<LabControl> {
  const parts = await run.io.parts();
  return parts.createLab(stateDirOf(run));
}

async function labUp(run: Run, options: Options): Promise<ExitCode> {
  const image = findConfig(run.io, configPlaceOf(run))?.settings.labImage;
  const wish = { flavor: options.flavor, replicas: options.replicas, kind: options.with, image };
  show(run, await (await control(run)).up(wish, run.tell, run.io.signal));
  return exitCodes.done;
}

async function labDown(run: Run): Promise<ExitCode> {
  const was = await (await control(run)).down(run.tell);
  if (run.options.json === true) run.json({ removed: was }, 'document');
  if (!was) run.tell('There is no lab cluster.');
  return exitCodes.done;
}

async function labStatus(run: Run): Promise<ExitCode> {
  show(run, await (await control(run)).status());
  return exitCodes.done;
}

function show(run: Run, lab: LabView | undefined): void {
  if (run.options.json === true) run.json({ lab: lab ? labJson(lab) : null }, 'document');
  if (!lab) {
    run.tell('There is no lab cluster; start one with: switchover lab up');
    return;
  }
  run.tell(`Lab cluster (${lab.flavor} ${lab.version}, ${lab.kind}):`);
  for (const { key, port, pid } of lab.instances) {
    const place = key.endsWith(`:${String(port)}`) ? '' : `  127.0.0.1:${String(port)}`;
    run.tell(`  ${key}${place}  ${pid === null ? 'stopped' : `pid ${String(pid)}`}`);
  }
  run.tell(`Its settings: ${lab.settingsFile}`);
}

/** Only what is named here: a lab also knows where its passwords are. */
function labJson({ flavor, kind, version, settingsFile, instances }: LabView): LabView {
  const shown = instances.map(({ key, port, pid }) => ({ key, port, pid }));
  return { flavor, kind, version, settingsFile, instances: shown };
}
