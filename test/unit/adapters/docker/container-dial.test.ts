import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { containerDial } from '../../../../src/adapters/docker/container-dial.ts';
import { findEndpoint } from '../../../../src/adapters/docker/docker-endpoint.ts';
import { directDial } from '../../../../src/adapters/dial.ts';
import { execAddress } from '../../../../src/core/containers/route-to-container.ts';
import { container, onNetwork } from '../../../support/containers.ts';

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
  const stream = containerDial(finder, directDial, 'mybridge').open(execAddress(other, 3306));
  const error = await new Promise<Error>((resolve) => {
    stream.on('error', resolve);
  });
  expect(error).toMatchObject({ code: 'not-asked' });
  expect(error.message).toContain('is not on the network mybridge');
});
