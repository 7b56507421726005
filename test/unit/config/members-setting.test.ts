import { expect, test } from 'vitest';
import { readSettings } from '../../../src/config/settings.ts';

function membersOf(members: unknown): ReturnType<typeof readSettings> {
  return readSettings({ clusters: [{ id: 'orders', seeds: ['db1'], user: 'orc', members }] });
}

test.each([
  ['any', ['any']],
  [
    ['db*', '10.0.0.0/8'],
    ['db*', '10.0.0.0/8'],
  ],
])('%j are the members', (members, expected) => {
  expect(membersOf(members).settings.clusters[0]?.members).toEqual(expected);
});

test.each(['some', ['10.0.0.0/40'], ['']])('%j is refused by its name', (members) => {
  const { settings, problems } = membersOf(members);
  expect(settings.clusters).toEqual([]);
  expect(problems[0]?.says).toMatch(/clusters\[0\]\.members/);
});
