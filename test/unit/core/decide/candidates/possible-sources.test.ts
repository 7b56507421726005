import { expect, test } from 'vitest';
import { possibleSources } from '../../../../../src/core/decide/candidates/possible-sources.ts';
import type { RejoinContext } from '../../../../../src/core/decide/planning-context.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { policy } from '../../../../support/builders/world.ts';

function contextOf(drawing: string): RejoinContext {
  return {
    topology: draw(drawing),
    policy,
    spell: (action) => [action.do],
    proxied: true,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
}

function judged(drawing: string, instance: string): Readonly<Record<string, string>> {
  const found = possibleSources(contextOf(drawing), instance);
  return Object.fromEntries(
    found.map((it) => [it.instance, it.because.map(inEnglish).join(' ') || 'possible']),
  );
}

test('every other instance is judged as a new source, the possible ones first', () => {
  const found = judged('db1\n+ db2\n+ db3\n++ db4', 'db2:3306');
  expect(Object.entries(found)).toEqual([
    ['db3:3306', 'possible'],
    ['db4:3306', 'possible'],
    ['db1:3306', 'db2:3306 reads from db1:3306 already.'],
  ]);
});

test('nobody is moved below an instance that reads from it', () => {
  const found = judged('db1\n+ db2\n+ db3\n++ db4', 'db3:3306');
  expect(found['db4:3306']).toContain('db4:3306 does not read from db3:3306');
  expect(found['db2:3306']).toBe('possible');
});

test('a silent source is no source, and a master is moved nowhere', () => {
  expect(judged('db1\n+ db2\n+ db3 silent', 'db2:3306')['db3:3306']).toContain('db3:3306 answers');
  const master = judged('db1\n+ db2\n+ db3', 'db1:3306');
  expect(Object.values(master).every((it) => it.includes('db1:3306 is a replica'))).toBe(true);
});
