import type { Trouble } from './describe-issue.ts';

interface Unavailable {
  readonly key: string;
  /** Values that ask for nothing: they need no notice. */
  readonly quiet: readonly unknown[];
  readonly what: string;
}

/** Keys of a cluster whose part is not built yet. Building it removes its row. */
const ofCluster: readonly Unavailable[] = [
  { key: 'backend', quiet: ['builtin'], what: 'watching through a running Orchestrator' },
  { key: 'docker', quiet: [false], what: 'finding instances in Docker' },
  { key: 'ssh', quiet: [], what: 'reaching servers through SSH' },
  { key: 'proxies', quiet: [[]], what: 'leading proxies to the master' },
  {
    key: 'confirmSeconds',
    quiet: [],
    what: 'automatic failover, and with it how long a verdict must hold',
  },
  { key: 'autoRejoin', quiet: [false], what: 'bringing an old master back by itself' },
  {
    key: 'onPossibleLoss',
    quiet: ['hold'],
    what: 'promoting by itself in spite of a possible loss',
  },
  { key: 'writeProbe', quiet: [false], what: 'testing the master by writing' },
];

/** The same of the other settings. Their defaults stand in `quiet`, because VS Code hands out defaults too. */
const ofSettings: readonly Unavailable[] = [
  { key: 'recoverMasterClusterFilters', quiet: [[]], what: 'automatic failover of a dead master' },
  {
    key: 'recoverIntermediateMasterClusterFilters',
    quiet: [[]],
    what: 'automatic failover of a dead intermediate source',
  },
  {
    key: 'promotionIgnoreHostnameFilters',
    quiet: [[]],
    what: 'automatic failover, and with it whom it never promotes',
  },
  {
    key: 'recoveryPeriodBlockSeconds',
    quiet: [3600],
    what: 'automatic failover, and with it the time between two',
  },
  {
    key: 'failMasterPromotionIfSqlThreadNotUpToDate',
    quiet: [true],
    what: 'promoting over transactions that are not applied',
  },
  { key: 'detachLostReplicasAfterMasterFailover', quiet: [false], what: 'detaching lost replicas' },
  { key: 'preFailoverProcesses', quiet: [[]], what: 'running programs before a failover' },
  { key: 'postFailoverProcesses', quiet: [[]], what: 'running programs after a failover' },
];

/** One notice per key that was set though it does nothing yet. `at`: where the object stands, e.g. `clusters[0].`. */
export function unavailableOfCluster(written: object, at: string): readonly Trouble[] {
  return notices(ofCluster, written, at);
}

export function unavailableOfSettings(written: object): readonly Trouble[] {
  return notices(ofSettings, written, '');
}

function notices(table: readonly Unavailable[], written: object, at: string): readonly Trouble[] {
  return table
    .filter(({ key, quiet }) => {
      const value: unknown = Reflect.get(written, key);
      return (
        value !== undefined && !quiet.some((it) => JSON.stringify(it) === JSON.stringify(value))
      );
    })
    .map(({ key, what }) => ({
      path: at + key,
      says: `not available yet: ${at}${key} (${what}).`,
    }));
}
