import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { beginningOf, isAlive, processesWith } from '../../../../src/adapters/lab/processes.ts';

test('a process is known by one whole argument of its own, as long as it runs', async () => {
  const mark = `--mark=${String(process.pid)}-${String(performance.now())}`;
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', mark]);
  await once(child, 'spawn');
  const pid = child.pid ?? -1;
  expect(await processesWith(mark)).toEqual([pid]);
  expect(await processesWith(mark.slice(0, -1))).toEqual([]);
  expect(await isAlive(pid, mark)).toBe(true);
  expect(await isAlive(process.pid, mark)).toBe(false);
  expect(await beginningOf(pid)).toMatch(/./);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await processesWith(mark)).toEqual([]);
  expect(await isAlive(pid, mark)).toBe(false);
  expect(await beginningOf(pid)).toBeUndefined();
});

test('the beginning of a process does not change', async () => {
  expect(await beginningOf(process.pid)).toBe(await beginningOf(process.pid));
});
