import * as z from 'zod';
import type { UserTask } from '../core/model/database-user.ts';
import { isPlainText } from '../core/model/plain-text.ts';

const name = z
  .string()
  .min(1, 'write a user name')
  .max(32, 'a user name has at most 32 letters')
  .refine(isPlainText, 'a user name has no control characters');

const host = z
  .string()
  .min(1, 'write a host pattern, such as 172.% or %')
  .max(255, 'a host pattern has at most 255 letters')
  .regex(
    /^[\p{L}\p{N}._:%/-]+$/u,
    'a host pattern holds letters, digits and . _ : % / - only, such as 172.% or 10.0.0.5',
  );

const password = z
  .string()
  .min(1, 'write a password')
  .max(128, 'a password has at most 128 letters')
  .refine(isPlainText, 'a password has no control characters');

const tasks: z.ZodType<UserTask> = z.enum(['observe', 'manage', 'manage-events', 'replication'], {
  error: 'the task is observe, manage or manage-events',
});

type Field = 'name' | 'host' | 'password' | 'task';

const fields: Readonly<Record<Field, z.ZodType>> = { name, host, password, task: tasks };

/** Why a value cannot be used, a few words; undefined when it can. Never holds the value. */
export function objectionTo(field: Field, value: string): string | undefined {
  const read = fields[field].safeParse(value);
  return read.success ? undefined : read.error.issues[0]?.message;
}
