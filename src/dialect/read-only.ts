import { can } from './capabilities.ts';
import type { Version } from './version.ts';

/** `super_read_only` sets `read_only` with it, and also stops users with the SUPER right. */
export function spellReadOnly(version: Version): string {
  return `SET GLOBAL ${can(version, 'superReadOnly') ? 'super_read_only' : 'read_only'} = ON`;
}

/** Taking back `read_only` takes back `super_read_only` with it. */
export const spelledWritable = 'SET GLOBAL read_only = OFF';
