import { buildProgram, type Change } from '../support/harness/monitor.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

/** It stops itself in the midst of writing the first step that is done: nobody else may write the journal then. */
const freezes: Change = {
  file: 'store/recovery-rows.ts',
  from: 'export function putRecovery(db: DatabaseSync, recovery: Recovery, session: string): void {\n',
  to: `let frozen = false;
export function putRecovery(db: DatabaseSync, recovery: Recovery, session: string): void {
  if (!frozen && recovery.kind === 'failover' && recovery.steps.some((it) => it.state === 'done')) {
    frozen = true;
    process.kill(process.pid, 'SIGSTOP');
  }
`,
};

/** The acting process is frozen with the journal locked, then `signal` comes to it. */
function frozenUntil(id: string, says: string, signal: NodeJS.Signals): Fault {
  return {
    id,
    says: `the acting monitor is frozen while it writes its journal, until ${says}`,
    expected: 'fail-over',
    exposedMs: 2_500,
    play: async (scene) => {
      const program = await buildProgram(freezes);
      try {
        await playWith(scene, program, signal);
      } finally {
        await program.remove();
      }
    },
  };
}

async function playWith(
  scene: Scene,
  program: Awaited<ReturnType<typeof buildProgram>>,
  signal: NodeJS.Signals,
): Promise<void> {
  const { watched, master } = scene;
  await scene.rest();
  await scene.monitor.end();
  const acting = await watched.startMonitor(program);
  await watched.untilWhole();
  await watched.startMonitor();
  await master.kill9();
  await scene.says(/The journal .* is not available .* Another process holds it/);
  // The frozen one began a failover, of which the other may learn after it met the lock.
  await scene.staysAsItIs(4_000, 1);
  if ((await watched.writable()) !== undefined) {
    throw new Error('Somebody was opened while no journal could be written.');
  }
  acting.signal(signal);
  await scene.failsOver(master, 90_000);
  await scene.write();
  const opened = (await scene.recordedFailovers()).filter((it) => it.openedAt !== null);
  if (opened.length !== 1) throw new Error(`Opened ${String(opened.length)} times.`);
  await scene.comesBack(master);
}

export const frozenJournal: readonly Fault[] = [
  frozenUntil('F43b', 'it is killed', 'SIGKILL'),
  frozenUntil('F43c', 'it goes on', 'SIGCONT'),
];
