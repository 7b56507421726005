import { expect, test } from 'vitest';
import { refusalOf, saysItIsGone } from '../../../../src/adapters/docker/engine-refusal.ts';

function thrown(statusCode: number, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${String(statusCode)}) - ${message}`), {
    statusCode,
    json: { message },
  });
}

test.each([
  ['Docker', 404, 'No such container: 9ced10677e37', true],
  // Words of Podman 4.3.1 while it removed the container; of its status it was only seen that it is not 404.
  ['Podman', 500, 'container 9ced10677e37 does not exist in database: no such container', true],
  ['Podman', 409, 'container 9ced10677e37 is not running', false],
])('%s, %i: whether a container is gone', (_, status, says, gone) => {
  const refusal = refusalOf(thrown(status, says));
  expect(refusal).toEqual({ status, says });
  expect(saysItIsGone(refusal)).toBe(gone);
});

test('what is no answer of the engine tells nothing about a container', () => {
  expect(saysItIsGone(refusalOf(new Error('no such container')))).toBe(false);
});
