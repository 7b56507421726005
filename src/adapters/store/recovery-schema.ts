import { z } from 'zod';
import type { Recovery } from '../../core/model/recovery.ts';

const filePosition = z.object({ file: z.string(), offset: z.number() });

const check = z.object({
  says: z.string(),
  measured: z.string(),
  verdict: z.enum(['passed', 'warning', 'failed']),
});

const effects = z.object({
  writeStop: z.string(),
  mayLose: z.array(z.string()),
  leftBehind: z.array(z.object({ instance: z.string(), because: z.string() })),
  undo: z.string(),
});

const stepRecord = z.object({
  id: z.string(),
  on: z.string(),
  says: z.string(),
  sql: z.array(z.string()),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped', 'undone']),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  note: z.string().nullable(),
});

const handover = z.object({
  oldMaster: z.string(),
  oldAt: filePosition,
  newMaster: z.string(),
  newAt: filePosition,
});

/** What a recovery read from outside must look like. What a later version added is left out. */
export const recoverySchema: z.ZodType<Recovery> = z.object({
  id: z.string(),
  cluster: z.string(),
  kind: z.enum(['switchover', 'failover', 'rejoin']),
  headline: z.string(),
  trigger: z.string(),
  actor: z.string(),
  oldMaster: z.string().nullable(),
  newMaster: z.string(),
  state: z.enum(['running', 'succeeded', 'partial', 'undone', 'failed', 'interrupted']),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  openedAt: z.number().nullable(),
  checks: z.array(check),
  effects,
  steps: z.array(stepRecord),
  problems: z.array(z.string()),
  writeStopMs: z.number().nullable(),
  handover: handover.nullable(),
  acknowledgement: z.object({ at: z.number(), by: z.string(), comment: z.string() }).nullable(),
});
