import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guards } from '../faults/guards.ts';

const source = join(import.meta.dirname, '../../src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' });

// A guard whose text has changed would be switched off nowhere, and its proof would say nothing.
test.each(guards.flatMap(({ name, without }) => without.map((it) => [name, it] as const)))(
  'can be switched off where it stands: %s',
  (_, { file, from }) => {
    const named = files.filter((it) => `/${it}`.endsWith(`/${file}`));
    expect(named).toHaveLength(1);
    expect(readFileSync(join(source, named[0] ?? ''), 'utf8')).toContain(from);
  },
);
