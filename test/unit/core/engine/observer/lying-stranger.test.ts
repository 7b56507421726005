import { expect, test } from 'vitest';
import { MysqlProber } from '../../../../../src/adapters/mysql/mysql-prober.ts';
import { systemClock } from '../../../../../src/adapters/system-clock.ts';
import { fixedAddresses } from '../../../../../src/adapters/fixed-addresses.ts';
import { clusterMemory } from '../../../../../src/core/engine/observer/memory.ts';
import type { MemberPattern } from '../../../../../src/core/model/member-pattern.ts';
import { readPattern } from '../../../../../src/core/model/member-pattern.ts';
import { plain } from '../../../../../src/core/model/phrase.ts';
import type { Probe, Server } from '../../../../../src/core/model/instance.ts';
import type { Topology } from '../../../../../src/core/model/topology.ts';
import { electorateOf, roundsOf } from '../../../../../src/core/engine/observer/take-round.ts';
import { channelFrom, mariadbServer } from '../../../../support/builders/servers.ts';
import { tinyServer } from '../../../../support/harness/tiny-server.ts';

const password = 'monitor-Pw-77f';
const master = 'db1:3306';
const replica = 'db2:3306';
const liar = 'db9:3306';

function replicaNamed(host: string, serverId: number): Server['replicas'][number] {
  return { serverId, serverUuid: null, host, port: 3306 };
}

/** It registered at the master, says that it takes writes, and that four replicas follow it. */
const claims = mariadbServer(liar, {
  readOnly: false,
  replicas: [1, 2, 5, 6].map((id) => replicaNamed(`db${String(id)}`, id)),
});
const servers: Readonly<Record<string, Server>> = {
  [replica]: mariadbServer(replica, { readOnly: true, channels: [channelFrom(master)] }),
  [liar]: claims,
};

function masterWith(...replicas: Server['replicas']): Server {
  return mariadbServer(master, { replicas });
}

/** What the master says in three rounds: it registers in the second; in the third the master is silent. */
const rounds = [
  masterWith(replicaNamed('db2', 2)),
  masterWith(replicaNamed('db2', 2), replicaNamed('db9', 9)),
  undefined,
] as const;

async function play(patterns: readonly MemberPattern[] | undefined) {
  const server = await tinyServer({ version: '9.7.0', plugin: 'mysql_clear_password' });
  const prober = new MysqlProber({
    login: { user: 'orc', password: () => Promise.resolve(password), tls: () => undefined },
    connectTimeoutMs: 1_000,
    queryTimeoutMs: 1_000,
    impatientTimeoutMs: 1_000,
    clock: systemClock,
  });
  const asked: string[] = [];
  let said: Server | undefined;
  const probe = async (address: string): Promise<Probe> => {
    asked.push(address);
    // Whoever asks it really logs in, over the wire.
    if (address === liar) await prober.probe(server.address, new AbortController().signal);
    const seen = address === master ? said : servers[address];
    return seen === undefined
      ? { kind: 'silent', at: 0, reason: 'refused', says: plain(`${address} refuses connections.`) }
      : { kind: 'answered', at: 0, server: seen };
  };
  const take = roundsOf(
    {
      cluster: 'orders',
      members: { seeds: [master], told: [replica], patterns, lab: false },
      actor: 'me@here (1)',
      prober: { probe, onLost: () => undefined, close: () => undefined },
      addresses: fixedAddresses({}),
      clock: { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() },
    },
    clusterMemory('orders', undefined),
  );
  const { signal } = new AbortController();
  const seen: Topology[] = [];
  for (const it of rounds) {
    said = it;
    seen.push(await take(seen.at(-1), signal));
  }
  prober.close();
  await server.close();
  return { asked, seen, server };
}

test('a stranger that claims to be a writable master with four replicas is never asked, never master, and has no vote', async () => {
  const { asked, seen, server } = await play(undefined);
  expect(server.met.connections).toBe(0);
  expect(server.heard).toEqual([]);
  expect(new Set(asked)).toEqual(new Set([master, replica]));
  for (const topology of seen) {
    expect(topology.master).toBe(master);
    expect(topology.members.map((it) => it.key)).toEqual([master, replica]);
    expect(electorateOf(topology).replicas).toEqual([replica]);
  }
  expect(seen[1]?.outsiders).toEqual([{ key: liar, namedBy: [master], why: 'unconfirmed' }]);
});

test('even where every name is a member, claims take no mastership from a master that lives', async () => {
  const read = readPattern('any');
  const { asked, seen, server } = await play(read.kind === 'read' ? [read.pattern] : []);
  expect(asked).toContain(liar);
  expect(server.met.connections).toBeGreaterThan(0);
  expect(seen[1]?.members.map((it) => it.key)).toContain(liar);
  expect(seen[1]?.master).toBe(master);
});
