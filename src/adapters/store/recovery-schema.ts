import { z } from 'zod';
import type { Phrase } from '../../core/model/phrase.ts';
import type { Recovery } from '../../core/model/recovery.ts';

const filePosition = z.object({ file: z.string(), offset: z.number() });

/** Words for people as they are kept: the template and its values. */
export const phraseSchema: z.ZodType<Phrase> = z.object({
  text: z.string(),
  get values() {
    return z.record(z.string(), z.union([z.string(), z.number(), phraseSchema]));
  },
});

const check = z.object({
  says: phraseSchema,
  measured: phraseSchema,
  verdict: z.enum(['passed', 'warning', 'failed']),
});

const effects = z.object({
  writeStop: phraseSchema,
  mayLose: z.array(phraseSchema),
  leftBehind: z.array(z.object({ instance: z.string(), because: phraseSchema })),
  undo: phraseSchema,
});

const stepRecord = z.object({
  id: z.string(),
  on: z.string(),
  says: phraseSchema,
  sql: z.array(z.string()),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped', 'undone']),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  note: phraseSchema.nullable(),
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
  kind: z.enum([
    'switchover',
    'failover',
    'rejoin',
    'relocate',
    'fence',
    'restore',
    'repair',
    'detach',
    'create-user',
    'fix',
    'end-session',
  ]),
  subject: z.string(),
  headline: phraseSchema,
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
  problems: z.array(phraseSchema),
  writeStopMs: z.number().nullable(),
  handover: handover.nullable(),
  acknowledgement: z.object({ at: z.number(), by: z.string(), comment: z.string() }).nullable(),
});
