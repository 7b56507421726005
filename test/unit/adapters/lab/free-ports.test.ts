import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePorts } from '../../../../src/adapters/lab/free-ports.ts';

test('ports are all different, in order, and free', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(ports).toEqual(ports.toSorted((one, other) => one - other));
  for (const port of ports) {
    await expect(canListen(port)).resolves.toBe(true);
  }
});

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const listener = createServer();
    listener.once('error', () => {
      resolve(false);
    });
    listener.listen(port, '127.0.0.1', () => {
      listener.close(() => {
        resolve(true);
      });
    });
  });
}
