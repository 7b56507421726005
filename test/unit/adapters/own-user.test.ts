import { expect, test, vi } from 'vitest';
import { ownHome, ownName } from '../../../src/adapters/own-user.ts';

const asked = vi.hoisted(() => ({ isKnown: true }));
vi.mock('node:os', () => ({
  homedir: () => orThrow('/home/me'),
  userInfo: () => orThrow({ username: 'me' }),
}));

function orThrow<T>(value: T): T {
  if (asked.isKnown) return value;
  throw new Error('uv_os_get_passwd returned ENOENT');
}

test('an account has its name and its home', () => {
  asked.isKnown = true;
  expect([ownName(), ownHome()]).toEqual(['me', '/home/me']);
});

test('a number without an account, as containers are given, is no error', () => {
  asked.isKnown = false;
  expect([ownName(), ownHome()]).toEqual([`uid ${String(process.getuid?.())}`, '/']);
});
