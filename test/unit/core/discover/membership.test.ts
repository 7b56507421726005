import { expect, test } from 'vitest';
import { judgeName, type MemberRules } from '../../../../src/core/discover/membership.ts';
import type { StandingKind } from '../../../../src/core/model/standing.ts';
import { readPattern } from '../../../../src/core/model/member-pattern.ts';

function rules(
  changes: Partial<MemberRules> & { readonly members?: readonly string[] } = {},
): MemberRules {
  const patterns = changes.members?.map((it) => {
    const read = readPattern(it);
    if (read.kind === 'wrong') throw new Error(read.because);
    return read.pattern;
  });
  return { seeds: ['db1:3306'], told: [], patterns, lab: false, ...changes };
}

function judge(name: string, how: MemberRules, kind?: StandingKind, beside = false) {
  const standing = kind === undefined ? undefined : { name, kind, identity: null, at: 0, by: 'me' };
  const verdict = judgeName(name, how, standing, () => beside);
  return verdict.member ? verdict.by : verdict.why;
}

test('seeds and addresses are members, however they are spelled', () => {
  expect(judge('DB1.:3306', rules())).toBe('settings');
  expect(judge('db2:3306', rules({ told: ['db2:3306'] }))).toBe('settings');
  expect(judge('db1:3307', rules())).toBe('unconfirmed');
});

test('a name that only a server says is no member', () => {
  expect(judge('evil:3306', rules())).toBe('unconfirmed');
});

test('what a person said of a name counts', () => {
  expect(judge('db2:3306', rules(), 'confirmed')).toBe('person');
  expect(judge('db2:3306', rules(), 'ignored')).toBe('ignored');
  expect(judge('db2:3306', rules(), 'changed')).toBe('changed');
  expect(judge('db2:3306', rules(), 'kept')).toBe('journal');
});

test('for an administrator it is not enough that a name replicated here before', () => {
  const strict = rules({ onlyConfirmed: true });
  expect(judge('db1:3306', strict)).toBe('settings');
  expect(judge('db2:3306', strict, 'confirmed')).toBe('person');
  expect(judge('db2:3306', strict, undefined, true)).toBe('container');
  expect(judge('db2:3306', strict, 'kept')).toBe('unconfirmed');
  expect(judge('db2:3306', strict, 'found')).toBe('unconfirmed');
  expect(judge('db2:3306', strict, 'changed')).toBe('changed');
  expect(judge('db2:3306', { ...strict, told: ['db2:3306'] }, 'kept')).toBe('settings');
});

test('a person who ignores a name is heard before the rules, though not before the seeds', () => {
  expect(judge('db2:3306', rules({ members: ['any'] }), 'ignored')).toBe('ignored');
  expect(judge('db1:3306', rules(), 'ignored')).toBe('settings');
});

test('where members are given they are the whole list', () => {
  const given = rules({ members: ['db2:3306'], lab: true, seeds: ['127.0.0.1:1'] });
  expect(judge('db2:3306', given)).toBe('settings');
  expect(judge('127.0.0.1:2', given)).toBe('unconfirmed');
  expect(judge('db3:3306', given, 'confirmed')).toBe('unconfirmed');
  expect(judge('db3:3306', given, 'kept')).toBe('unconfirmed');
  expect(judge('db3:3306', given, undefined, true)).toBe('unconfirmed');
  expect(judge('db3:3306', rules({ members: [] }))).toBe('unconfirmed');
});

test('loopback needs no question in a lab whose seed is loopback', () => {
  const here = { seeds: ['127.0.0.1:13301'], lab: true };
  expect(judge('localhost:13302', rules(here))).toBe('settings');
  expect(judge('db2:13302', rules(here))).toBe('unconfirmed');
  expect(judge('127.0.0.1:13302', rules({ ...here, lab: false }))).toBe('unconfirmed');
  expect(judge('127.0.0.1:13302', rules({ lab: true }))).toBe('unconfirmed');
});

test('a container beside a seed is a member, and stays one while it is gone', () => {
  expect(judge('db2:3306', rules(), undefined, true)).toBe('container');
  expect(judge('db2:3306', rules(), 'found')).toBe('journal');
});
