import { expect, test } from 'vitest';
import { fixedAddresses } from '../../../../src/adapters/fixed-addresses.ts';
import { foldAliases } from '../../../../src/core/discover/aliases.ts';
import { crawl } from '../../../../src/core/discover/crawl.ts';
import type { Server } from '../../../../src/core/model/instance.ts';
import { plain } from '../../../../src/core/model/phrase.ts';
import { channelFrom, mariadbServer } from '../../../support/builders/servers.ts';

const never = new AbortController().signal;

/** Asks from db1; only the listed names are members. */
async function crawlOver(servers: Readonly<Record<string, Server>>, members: readonly string[]) {
  const asked: string[] = [];
  const found = await crawl(
    ['db1:3306'],
    {
      prober: {
        probe: async (address) => {
          asked.push(address);
          const server = servers[address];
          return server === undefined
            ? { kind: 'silent', at: 0, reason: 'refused', says: plain('refused') }
            : { kind: 'answered', at: 0, server };
        },
        onLost: () => undefined,
        close: () => undefined,
      },
      addresses: fixedAddresses({}),
      objection: async (name) => (members.includes(name) ? undefined : 'unconfirmed'),
    },
    never,
  );
  return {
    asked,
    found,
    folded: foldAliases(found, {
      previous: undefined,
      knownAddresses: new Map(),
      lastKeys: new Map(),
    }),
  };
}

function registered(
  host: string,
  serverId: number | null,
  port = 3306,
): Server['replicas'][number] {
  return { serverId, serverUuid: null, host, port };
}

test('whom a server names is asked only when it is a member', async () => {
  const db1 = mariadbServer('db1:3306', {
    serverId: 1,
    replicas: [registered('db2', 2), registered('evil', 9, 1)],
  });
  const db2 = mariadbServer('db2:3306', { serverId: 2, channels: [channelFrom('db1:3306')] });
  const { asked, found } = await crawlOver({ 'db1:3306': db1, 'db2:3306': db2 }, [
    'db1:3306',
    'db2:3306',
  ]);
  expect(asked).toEqual(['db1:3306', 'db2:3306']);
  expect(found.outsiders).toEqual([{ key: 'evil:1', namedBy: ['db1:3306'], why: 'unconfirmed' }]);
});

test('another name of a member is that member, and is not asked', async () => {
  const channel = channelFrom('10.0.0.1:3306', { sourceServerId: 1, receiver: 'yes' });
  const db1 = mariadbServer('db1:3306', {
    serverId: 1,
    replicas: [registered('10.0.0.2', 2), registered('db2', 2)],
  });
  const db2 = mariadbServer('db2:3306', { serverId: 2, channels: [channel] });
  const { asked, folded } = await crawlOver({ 'db1:3306': db1, 'db2:3306': db2 }, [
    'db1:3306',
    'db2:3306',
  ]);
  expect(asked).toEqual(['db1:3306', 'db2:3306']);
  expect(folded.outsiders).toEqual([]);
  expect(folded.sightings.map((it) => [it.name, it.address])).toContainEqual([
    '10.0.0.1:3306',
    'db1:3306',
  ]);
});

test('a name that a stranger registers with the id of a replica is not asked either', async () => {
  const db1 = mariadbServer('db1:3306', { serverId: 1, replicas: [registered('evil', 2)] });
  const { asked, folded } = await crawlOver({ 'db1:3306': db1 }, ['db1:3306']);
  expect(asked).toEqual(['db1:3306']);
  expect(folded.outsiders.map((it) => it.key)).toEqual(['evil:3306']);
});

test('a server that names thousands is followed to 64 at a time and 1,000 in all', async () => {
  const many = Array.from({ length: 5_000 }, (_, place) =>
    registered(`db${String(place + 2)}`, null),
  );
  const db1 = mariadbServer('db1:3306', { serverId: 1, replicas: many });
  let now = 0;
  let most = 0;
  let asked = 0;
  await crawl(
    ['db1:3306'],
    {
      prober: {
        probe: async (address) => {
          asked += 1;
          now += 1;
          most = Math.max(most, now);
          await new Promise(setImmediate);
          now -= 1;
          return address === 'db1:3306'
            ? { kind: 'answered', at: 0, server: db1 }
            : { kind: 'silent', at: 0, reason: 'refused', says: plain('refused') };
        },
        onLost: () => undefined,
        close: () => undefined,
      },
      addresses: fixedAddresses({}),
      objection: () => Promise.resolve(undefined),
    },
    never,
  );
  expect(most).toBe(64);
  expect(asked).toBe(1_000);
});
