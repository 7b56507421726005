import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Docker from 'dockerode';
import { afterEach, expect, test } from 'vitest';
import { logOfContainer } from '../../../../src/adapters/docker/container-log.ts';
import { noContainers } from '../../../../src/core/model/container.ts';
import type { OpenDocker } from '../../../../src/adapters/docker/open-docker.ts';
import { container } from '../../../support/builders/containers.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** The log of a container of an engine that answers so. */
async function logFrom(answer: (response: ServerResponse, url: string) => void): Promise<string> {
  const listening = createServer((request, response) => answer(response, request.url ?? ''));
  server = listening;
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = listening.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  const engine: OpenDocker = {
    kind: 'open',
    docker: new Docker({ host: '127.0.0.1', port, protocol: 'http' }),
    found: {
      endpoint: { kind: 'tcp', host: '127.0.0.1', port, tls: null },
      spelled: `tcp://127.0.0.1:${String(port)}`,
      certificates: null,
    },
  };
  return logOfContainer(
    { engine, containers: noContainers },
    container('db1', { id: 'c1' }),
    2_000,
  );
}

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

test('output and complaints of the last lines are one text', async () => {
  let asked = '';
  const text = await logFrom((response, url) => {
    asked = url;
    response.write(frame(1, 'one\n'));
    response.end(frame(2, 'two\n'));
  });
  expect(text).toBe('one\ntwo\n');
  expect(asked).toMatch(/^\/containers\/c1\/logs\?/);
  expect(asked).toContain('tail=2000');
});

test('a log without end is cut at 8 MB, and its connection ends', async () => {
  const piece = frame(1, 'x'.repeat(1_000_000));
  let written = 0;
  const text = await logFrom((response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(piece)) written += piece.length;
      written += piece.length;
      response.once('drain', more);
    };
    more();
  });
  expect(text.length).toBeLessThan(8_100_000);
  expect(text).toMatch(/The rest is left out: this is the first 8 MB/);
  expect(written).toBeLessThan(40_000_000);
});

test('a container that is gone is told of', async () => {
  await expect(
    logFrom((response) => {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"message":"No such container: c1"}');
    }),
  ).rejects.toThrow('The container db1 is gone.');
});
