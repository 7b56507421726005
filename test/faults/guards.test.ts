import { afterAll, expect, test } from 'vitest';
import { buildProgram } from '../support/harness/monitor.ts';
import { faults } from './all-faults.ts';
import { guards } from './guards.ts';
import { play } from './play.ts';

const programs: { remove(): Promise<void> }[] = [];
afterAll(async () => {
  await Promise.all(programs.map((it) => it.remove()));
});

test.each(guards)('without "$name", $fault ends otherwise', async (guard) => {
  const fault = faults.find((it) => it.id === guard.fault);
  if (fault === undefined) {
    throw new Error(`There is no fault ${guard.fault}.`);
  }
  const program = await buildProgram(...guard.without);
  programs.push(program);
  await expect(play(fault, guard.server ?? 'mariadb', program)).rejects.toThrow(guard.fails);
});
