import { fillPlaceholders, variablesOf, type RunningValues } from '../model/placeholder.ts';
import type { Action } from '../model/plan.ts';
import type { Recovery } from '../model/recovery.ts';
import type { ActionOutcome } from '../ports.ts';
import type { RunPorts } from './run-ports.ts';

type ProgramAction = Extract<Action, { readonly do: 'run-program' }>;

/** Fills what only the run knows, and runs the program within `deadlineMs`. Throws ReplicationError. */
export async function runProgram(
  { action, deadlineMs }: { readonly action: ProgramAction; readonly deadlineMs: number },
  record: Recovery,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  signal.throwIfAborted();
  const values = { ...action.values, ...runningValues(record, ports) };
  const program = action.program.map((it) => fillPlaceholders(it, values));
  const environment = variablesOf(values);
  return { note: await ports.programs.run(program, { environment, deadlineMs }, signal) };
}

function runningValues(record: Recovery, ports: RunPorts): RunningValues {
  const lost = lostReplicas(record);
  const { oldMaster } = record;
  return {
    command: record.trigger === 'user' ? 'promote' : '',
    isSuccessful: String(record.openedAt !== null),
    isDowntimed: String(oldMaster !== null && ports.isDowntimed(oldMaster)),
    recoveryUID: record.id,
    lostReplicas: lost.join(','),
    countLostReplicas: String(lost.length),
    orchestratorHost: ports.programs.host,
  };
}

/** Replicas that were silent, and those with a failed step. */
function lostReplicas({ effects, steps, oldMaster, newMaster }: Recovery): readonly string[] {
  const left = effects.leftBehind.map((it) => it.instance);
  const broken = steps.filter((it) => it.state === 'failed').map((it) => it.on);
  return [...new Set([...left, ...broken])]
    .filter((it) => it !== oldMaster && it !== newMaster)
    .toSorted();
}
