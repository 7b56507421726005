import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

const place = join(import.meta.dirname, '../../out/frozen-program');
const began = join(place, 'began');
const movedDns = join(place, 'moved-dns');

/** A program that leaves a file behind, and then lasts so long. */
function leaves(file: string, ms: number): readonly string[] {
  const script = `require('node:fs').writeFileSync(${JSON.stringify(file)}, ''); setTimeout(() => 0, ${String(ms)})`;
  return [execPath, '-e', script];
}

/**
 * Measured once on a real machine: a process that stood still for 26 s ran its next program after the failover of another
 * one, and moved the name of the master back to a dead server.
 */
export const frozenProgram: readonly Fault[] = [
  {
    id: 'F43d',
    says: 'the acting monitor is frozen during a program after its failover, for longer than its lease, and another process promotes meanwhile',
    expected: 'fail-over',
    exposedMs: 2_500,
    notOn: {
      mysql97: 'the lease and the programs are of this machine: one server shows it',
      mysql56: 'the lease and the programs are of this machine: one server shows it',
    },
    wish: { settings: { postFailoverProcesses: [leaves(began, 1_500), leaves(movedDns, 0)] } },
    prepare: async () => {
      await rm(place, { recursive: true, force: true });
      await mkdir(place, { recursive: true });
    },
    play: async (scene) => {
      const acting = scene.monitor;
      await scene.rest();
      await scene.watched.untilWhole();
      await scene.master.kill9();
      await until('the first program runs', () => existsSync(began), 30_000);
      acting.signal('SIGSTOP');
      const [frozen] = await scene.recordedFailovers();
      const next = [scene.one, scene.two].find((it) => it.key !== frozen?.newMaster) ?? scene.two;
      await promotedElsewhere(scene, next.key);
      acting.signal('SIGCONT');
      await until(
        'the record of the frozen one ends as interrupted',
        async () =>
          (await scene.recordedFailovers()).some(
            (it) => it.id === frozen?.id && it.state === 'interrupted',
          ),
        30_000,
      );
      await sleep(2_000);
      if (existsSync(movedDns)) throw new Error('It ran its next program.');
      const open = await scene.watched.writable();
      if (open?.key !== next.key) throw new Error(`${String(open?.key)} takes writes.`);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  },
];

/** By the command, as soon as the lease of the frozen process is over. */
async function promotedElsewhere(scene: Scene, instance: string): Promise<void> {
  let said = '';
  await until(
    `another process promotes ${instance}`,
    async () => {
      const { code, text } = await scene.watched.command('promote', 'orders', instance);
      said = text;
      return code === 0;
    },
    60_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${said}`, { cause: error });
  });
}
