import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Lab } from '../../src/adapters/lab/lab.ts';
import { createLab, type LabControl } from '../../src/wiring/lab.ts';
import { docker } from './containers.ts';
import { Registry } from './registry.ts';

// A lab of an image that is not here yet, from a real registry on this machine.
const never = new AbortController().signal;
let registry: Registry;
let image: string;
let stateDir: string;
let lab: LabControl;
const told: string[] = [];

beforeAll(async () => {
  registry = await Registry.start();
  image = await registry.holdMariadb();
});
beforeEach(async () => {
  stateDir = await realpath(await mkdtemp(join(tmpdir(), 'switchover-pull-')));
  lab = createLab(stateDir);
  told.length = 0;
});
afterEach(async () => {
  await lab.down(() => undefined);
  await rm(stateDir, { recursive: true, force: true });
});
afterAll(async () => {
  if (image !== undefined) await registry.forget(image).catch(() => undefined);
  await registry?.end();
});

/** Beside the lines: `tell` is called for each. */
function up(signal: AbortSignal, wanted = image, tell?: (line: string) => void): Promise<Lab> {
  const wish = { flavor: undefined, replicas: 1, kind: 'docker', image: wanted } as const;
  const hear = (line: string): void => {
    told.push(line);
    tell?.(line);
  };
  return lab.up(wish, hear, signal);
}

const progress = /^Pulling 127\.0\.0\.1:\d+\/lab\/mariadb:10\.11: (\d+) of (\d+) MB$/;

function isHere(name: string): Promise<boolean> {
  return docker('image', 'inspect', name).then(
    () => true,
    () => false,
  );
}

async function nothingIsLeft(): Promise<void> {
  expect(await readdir(stateDir)).toEqual([]);
  expect(await docker('ps', '--all', '--quiet', '--filter', `ancestor=${image}`)).toBe('');
}

test('cancelled in the middle of a pull, the engine leaves off and nothing is left', async () => {
  const cancel = new AbortController();
  registry.way.slowTo(4);
  const work = up(cancel.signal, image, (line) => {
    if (progress.test(line)) cancel.abort();
  });
  await expect(work).rejects.toThrow(/cancelled; nothing is left/);
  expect(told.filter((it) => progress.test(it))).toHaveLength(1);
  expect(await isHere(image)).toBe(false);
  await nothingIsLeft();
});

test('the pull tells how far it is, and the lab comes up', async () => {
  registry.way.slowTo(10);
  const { instances } = await up(never);
  const steps = told.flatMap((it) => progress.exec(it)?.slice(1).map(Number) ?? []);
  console.log(told.join('\n'));
  // Both numbers of each line.
  expect(steps.length).toBeGreaterThan(3);
  const come = steps.filter((_, place) => place % 2 === 0);
  expect(come).toEqual(come.toSorted((one, other) => one - other));
  expect(told.indexOf(`Pulling ${image}`)).toBe(0);
  expect(instances).toHaveLength(2);
  expect(await isHere(image)).toBe(true);
});

test('an image that the registry does not have is said in one sentence', async () => {
  const wanted = image.replace(':10.11', ':0.0');
  await expect(up(never, wanted)).rejects.toThrow(
    /^The image .*\/lab\/mariadb:0\.0 is not on this machine and cannot be pulled: .*(not found|unknown).*switchover\.labImage\.$/,
  );
  await nothingIsLeft();
});

test('a registry that is not there is said in one sentence', async () => {
  await registry.forget(image);
  await registry.way.close();
  await expect(up(never)).rejects.toThrow(
    /^The image .* cannot be pulled: .*connection refused.*switchover\.labImage\.$/,
  );
  await nothingIsLeft();
});
