import { expect, test } from 'vitest';
import { suggestAddress } from '../../../src/config/address-suggestion.ts';
import { noContainers, type Container } from '../../../src/core/model/container.ts';
import { container, onNetwork, publishedAt } from '../../support/builders/containers.ts';

/** Published, with a host name of its own and an alias that the other has too. */
function published(name: string, hostPort: number): Container {
  return container(name, {
    hostname: `${name}-host`,
    networks: [onNetwork('mybridge', null, ['db'])],
    published: [publishedAt(hostPort, '0.0.0.0')],
  });
}

const containers = { ...noContainers, all: [published('db001', 13311), published('db002', 13312)] };

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
