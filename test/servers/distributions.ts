import type { ServerDistribution } from '../../src/adapters/lab/server-distribution.ts';
import { mariadb } from './mariadb.ts';
import { mysql56 } from './mysql56.ts';
import { mysql97 } from './mysql97.ts';

/** The real servers that tests run against. */
export type TestServer = 'mariadb' | 'mysql97' | 'mysql56';

/** Obtains the programs of a server; throws one sentence that says why they cannot be had here. */
export const distributions: Readonly<Record<TestServer, () => Promise<ServerDistribution>>> = {
  mariadb,
  mysql97,
  mysql56,
};
