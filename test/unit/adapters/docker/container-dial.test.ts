import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { containerDial } from '../../../../src/adapters/docker/container-dial.ts';
import { findEndpoint } from '../../../../src/adapters/docker/docker-endpoint.ts';
import { ExecStream } from '../../../../src/adapters/docker/exec-stream.ts';
import { directDial, namedDial } from '../../../../src/adapters/dial.ts';
import { ExecWays } from '../../../../src/core/containers/exec-ways.ts';
import { container, onNetwork } from '../../../support/builders/containers.ts';

test('what a server calls another one is no way into a container, however it is spelled', () => {
  const other = container('db001', { networks: [onNetwork('mybridge', '172.22.0.2')] });
  const finder = {
    containers: { all: [other], problem: null, looked: true, remoteHost: null },
    engine: undefined,
    looked: () => Promise.resolve(),
  };
  const ways = new ExecWays();
  const dial = containerDial(finder, namedDial(directDial), { ways, network: undefined });
  const names = [
    `docker-exec:db001@${other.id.slice(0, 12)}:3306`,
    'docker-exec:db001@:3306',
    `docker-exec:$(id)@${other.id}:3306`,
    '/var/run/docker.sock:1',
    'a b:3306',
    '-oProxyCommand=id:22',
    'db1\n:3306',
  ];
  for (const name of names) {
    expect(() => dial.open(name)).toThrow(/neither a host name nor an address/);
  }
  const stream = dial.open(ways.into(other, 3306));
  expect(stream).toBeInstanceOf(ExecStream);
  stream.on('error', () => undefined).destroy();
});

test('no command is run in a container that is not on the network of the settings', async () => {
  const other = container('db001', { networks: [onNetwork('other', '172.22.0.2')] });
  // Nobody is there: whoever asks fails otherwise.
  const socketPath = '/nowhere/docker.sock';
  const found = findEndpoint({ setting: `unix://${socketPath}` });
  const finder = {
    containers: { all: [other], problem: null, looked: true, remoteHost: null },
    engine: { kind: 'open' as const, docker: new Docker({ socketPath }), found },
    looked: () => Promise.resolve(),
  };
  const ways = new ExecWays();
  const dial = containerDial(finder, directDial, { ways, network: 'mybridge' });
  const stream = dial.open(ways.into(other, 3306));
  const error = await new Promise<Error>((resolve) => {
    stream.on('error', resolve);
  });
  expect(error).toMatchObject({ code: 'not-asked' });
  expect(error.message).toContain('is not on the network mybridge');
});
