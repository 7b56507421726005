import { expect, test } from 'vitest';
import { fromWebviewSchema, toWebviewSchema } from '../../../src/protocol/messages.ts';

test.each([
  { kind: 'ready' },
  { kind: 'select', instance: null },
  { kind: 'plan', wish: { kind: 'promote', instance: 'db2:3306', acceptLoss: false } },
  { kind: 'plan', wish: { kind: 'rejoin', instance: 'db1:3306' } },
  { kind: 'run', planId: '1', typed: '' },
  { kind: 'dismiss', what: 'sheet' },
  { kind: 'copy', what: 'sql', text: 'x' },
])('the page may send $kind', (message) => {
  expect(fromWebviewSchema.parse(message)).toEqual(message);
});

test.each([
  undefined,
  { kind: 'drop-everything' },
  { kind: 'run', planId: '1' },
  { kind: 'plan', wish: { kind: 'promote', instance: 'db2:3306' } },
  { kind: 'copy', what: 'password', text: 'x' },
])('what does not fit is not taken: %j', (message) => {
  expect(fromWebviewSchema.safeParse(message).success).toBe(false);
});

test('a state with a hole is not drawn', () => {
  const message = { kind: 'state', seq: 1, state: { cluster: 'orders', view: null } };
  expect(toWebviewSchema.safeParse(message).success).toBe(false);
});
