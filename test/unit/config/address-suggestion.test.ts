import { expect, test } from 'vitest';
import { suggestAddress } from '../../../src/config/address-suggestion.ts';
import { noContainers, type Container } from '../../../src/core/model/container.ts';

function container(name: string, hostPort: number): Container {
  return {
    id: name.padEnd(64, '0'),
    name,
    image: 'mysql:8.4',
    state: 'running',
    exitCode: null,
    error: '',
    startedAt: '',
    project: null,
    service: null,
    hostname: `${name}-host`,
    networks: [{ name: 'mybridge', aliases: ['db'], address: null, gateway: null }],
    onHostNetwork: false,
    published: [{ inner: 3306, hostAddress: '0.0.0.0', hostPort }],
    isServer: true,
    serverPort: 3306,
  };
}

const containers = { ...noContainers, all: [container('db001', 13311), container('db002', 13312)] };

test.each([
  ['where its container is published', 'db002:3306', ['127.0.0.1:13311'], '127.0.0.1:13312'],
  ['also by the host name of the container', 'DB001-host:3306', [], '127.0.0.1:13311'],
  ['not by an alias that two containers share', 'db:3306', [], 'db:3306'],
  ['in the domain of a seed', 'db9:3307', ['db1.example.com:3306'], 'db9.example.com:3307'],
  ['at a seed that is an address', 'db9:3307', ['10.0.0.4:3306'], '10.0.0.4:3307'],
  ['a full name as it is', 'db9.far.org:3306', ['db1.example.com:3306'], 'db9.far.org:3306'],
])('%s: %s', (_, key, seeds, suggested) => {
  expect(suggestAddress(key, { seeds, containers })).toBe(suggested);
});
