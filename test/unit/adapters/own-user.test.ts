import { homedir, userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { ownHome, ownName } from '../../../src/adapters/own-user.ts';

const unknown = (): string => {
  throw new Error('uv_os_get_passwd returned ENOENT');
};

test('an account has its name and its home', () => {
  expect([ownName(), ownHome()]).toEqual([userInfo().username, homedir()]);
});

test('a number without an account, as containers are given, is no error', () => {
  expect(ownName(unknown)).toBe(`uid ${String(process.getuid?.() ?? 'unknown')}`);
  expect(ownHome(unknown)).toBe('/');
});
