import type { Policy } from '../../src/core/model/policy.ts';
import { policy } from '../support/builders/world.ts';
import type { Random } from './random.ts';
import type { Boot } from './server.ts';

/** What one history begins with. */
export interface Scenario {
  readonly flavor: 'mysql' | 'mariadb';
  readonly servers: readonly { readonly key: string; readonly source: string | null }[];
  readonly boot: (key: string) => Boot;
  /** Hosts that engines run on; one is named as often as engines run there. */
  readonly monitors: readonly string[];
  readonly policy: Policy;
  /** Milliseconds between two writes of one client. */
  readonly writeEveryMs: number;
  /** Some clients know no proxy. */
  readonly hasDirectClients: boolean;
  readonly faults: number;
  /** Milliseconds in which they happen. */
  readonly troubleMs: number;
}

const day = 86_400_000;

/** `hosts`: engines on two hosts keep a journal each, and know nothing of each other but the locks on the servers. */
export function scenarioOf(random: Random, hosts: 1 | 2): Scenario {
  const flavor = random.oneOf(['mysql', 'mariadb'] as const);
  const count = random.oneOf([2, 3, 3, 3, 4]);
  const keys = Array.from({ length: count }, (_, index) => `db${String(index + 1)}:3306`);
  const isChained = count === 4 && random.chance(0.4);
  const servers = keys.map((key, index) => ({
    key,
    source: index === 0 ? null : isChained && index === 3 ? 'db2:3306' : 'db1:3306',
  }));
  return {
    flavor,
    servers,
    boot: bootOf(random, flavor, count),
    monitors: hosts === 2 ? ['mon1', 'mon2'] : random.oneOf([['mon1'], ['mon1', 'mon1']]),
    policy: policyOf(random, keys),
    writeEveryMs: random.oneOf([60, 200, 700]),
    hasDirectClients: random.chance(0.15),
    // A cluster that nothing happens to is left alone.
    faults: random.chance(0.04) ? 0 : random.whole(1, 6),
    troubleMs: random.oneOf([8_000, 25_000, 60_000]),
  };
}

function bootOf(random: Random, flavor: 'mysql' | 'mariadb', count: number): (key: string) => Boot {
  const semiSync = random.oneOf(['off', 'all', 'all', 'by-role'] as const);
  const semiSyncTimeoutMs = random.oneOf([10_000, 10_000, 1_000, 30 * day]);
  const waitsFor = flavor === 'mysql' && count > 2 && random.chance(0.2) ? 2 : 1;
  const unsynced = random.chance(0.2) ? random.whole(1, 5) : 0;
  const connectRetrySeconds = random.oneOf([1, 1, 10, 60]);
  const keepsReadOnly = random.chance(0.5);
  return (key) => ({
    keepsReadOnly,
    semiSyncSource: semiSync === 'all' || (semiSync === 'by-role' && key === 'db1:3306'),
    semiSyncReplica: semiSync === 'all' || (semiSync === 'by-role' && key !== 'db1:3306'),
    semiSyncTimeoutMs,
    waitsFor,
    unsynced,
    connectRetrySeconds,
    netTimeoutSeconds: 60,
  });
}

function policyOf(random: Random, keys: readonly string[]): Policy {
  const excluded = keys.length > 2 && random.chance(0.1) ? ['db2'] : [];
  const delays = random.chance(0.8);
  return {
    ...policy,
    environment: 'production',
    recoverMasterFilters: ['*'],
    recoverIntermediateFilters: random.chance(0.7) ? ['*'] : [],
    ignoreHostFilters: excluded,
    blockSeconds: random.oneOf([0, 3_600, 3_600]),
    confirmSeconds: random.oneOf([0.3, 0.3, 2]),
    unapplied: { delays, delaySeconds: 60, fails: true },
  };
}
