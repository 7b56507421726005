import { expect, test } from 'vitest';
import { thisMachine } from '../../../../src/adapters/docker/machine.ts';

function failing(code: string): () => Promise<unknown> {
  return () => Promise.reject(Object.assign(new Error(code), { code }));
}

test('only a name that nobody knows does not resolve; a look-up that failed says nothing', async () => {
  expect(await thisMachine(failing('ENOTFOUND')).resolves('db001')).toBe(false);
  expect(await thisMachine(failing('EAI_AGAIN')).resolves('db001')).toBeUndefined();
  expect(await thisMachine(() => Promise.resolve({})).resolves('db001')).toBe(true);
});

test('a look-up that takes long is waited for once', async () => {
  const machine = thisMachine(() => new Promise(() => undefined));
  const began = performance.now();
  expect(await machine.resolves('db001')).toBeUndefined();
  expect(await machine.resolves('db001')).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(1_900);
});
