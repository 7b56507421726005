import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { build } from 'esbuild';
import { guards, type Guard } from '../faults/guards.ts';
import { damaging, type Change } from '../support/harness/monitor.ts';
import { play, type HistoryOptions } from './history.ts';

/** The commander of real servers is not part of a simulation: what is switched off there, the simulated one leaves out. */
const realCommander = 'mysql/mysql-commander.ts';

/** Between two machines only the locks count. */
const betweenMachines: ReadonlySet<string> = new Set(['F13']);

interface Finding {
  readonly seed: number;
  readonly says: string;
  readonly histories: number;
}

/**
 * Switches off each guard in turn, in a bundle of the simulation, and plays histories until one of them ends badly that
 * ends well with the guard. Prints what was found after how many histories; true when every guard was found.
 */
export async function playWithoutGuards(first: number, seconds: number): Promise<boolean> {
  let all = true;
  for (const guard of guards) {
    const began = performance.now();
    const found = await findWithout(guard, first, seconds);
    const took = ((performance.now() - began) / 1000).toFixed(0);
    const result =
      found === undefined
        ? `NOT FOUND within ${took} s`
        : `found in ${String(found.histories)} histories, ${took} s: seed ${String(found.seed)}, ${found.says}`;
    console.log(`without "${guard.name}" (${guard.fault}): ${result}`);
    all = all && found !== undefined;
  }
  return all;
}

async function findWithout(
  guard: Guard,
  first: number,
  seconds: number,
): Promise<Finding | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'switchover-simulation-'));
  try {
    const program = join(folder, 'simulate.mjs');
    await bundleWithout(
      guard.without.filter((it) => it.file !== realCommander),
      program,
    );
    const options = {
      lockless: guard.without.some((it) => it.file === realCommander),
      hosts: betweenMachines.has(guard.fault) ? 2 : 1,
    } as const;
    return await search(program, options, { first, endsAt: performance.now() + seconds * 1000 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundleWithout(changes: readonly Change[], outfile: string): Promise<void> {
  const found = new Set<Change>();
  await build({
    entryPoints: [join(import.meta.dirname, 'simulate.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['./without-guards.ts'],
    logLevel: 'error',
    plugins: [damaging(changes, found)],
  });
  const missing = changes.find((it) => !found.has(it));
  if (missing !== undefined) {
    throw new Error(`${missing.file} does not hold, exactly once: ${missing.from}`);
  }
}

async function search(
  program: string,
  options: Required<HistoryOptions>,
  { first, endsAt }: { readonly first: number; readonly endsAt: number },
): Promise<Finding | undefined> {
  let seed = first;
  while (performance.now() < endsAt) {
    const seconds = (endsAt - performance.now()) / 1000;
    const told = await run(program, seed, { ...options, seconds });
    const match = /VIOLATION (.*) in the history of seed (\d+): (.*)/.exec(told);
    if (match === null) return undefined;
    const [, which = '', found, says = ''] = match;
    seed = Number(found);
    const healthy = await play(seed, { hosts: options.hosts });
    if (isHarm(which, says) && healthy.violations.length === 0) {
      return { seed, says: `${which}: ${says}`, histories: seed - first + 1 };
    }
    seed += 1;
  }
  return undefined;
}

/** What a guard keeps from happening. That something stays undone may have other reasons. */
function isHarm(which: string, says: string): boolean {
  return ['I1', 'I2', 'I3'].includes(which) || / and .* take writes/.test(says);
}

function run(
  program: string,
  seed: number,
  { lockless, hosts, seconds }: Required<HistoryOptions> & { readonly seconds: number },
): Promise<string> {
  const words = [program, '--quiet', '--seed', String(seed), '--seconds', String(seconds)];
  if (lockless) words.push('--lockless');
  if (hosts === 2) words.push('--two-hosts');
  return new Promise((resolve, reject) => {
    const child = spawn(execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    child.stdout.on('data', (data: Buffer) => {
      told += data.toString();
    });
    child.on('error', reject);
    child.on('close', () => {
      resolve(told);
    });
  });
}
