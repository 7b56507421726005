/** Orchestrator's placeholders whose values are known when a failover is planned. */
const planned = [
  'failureType',
  'failureDescription',
  'failedHost',
  'failedPort',
  'failureCluster',
  'failureClusterAlias',
  'successorHost',
  'successorPort',
  'successorAlias',
  'countReplicas',
  'replicaHosts',
  'autoMasterRecovery',
] as const;

/** Those that only the run can know. */
const running = [
  'command',
  'isSuccessful',
  'isDowntimed',
  'recoveryUID',
  'lostReplicas',
  'countLostReplicas',
  'orchestratorHost',
] as const;

/** Every word that may stand in braces in a program of the settings. */
export const placeholders: readonly string[] = [...planned, ...running];

export type PlannedValues = Readonly<Record<(typeof planned)[number], string>>;
export type RunningValues = Readonly<Record<(typeof running)[number], string>>;

/** `--host={failedHost}` -> `['failedHost']`. Other braces, as of JSON, are the argument's own. */
export function placeholdersIn(argument: string): readonly string[] {
  return [...argument.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

/** Fills one argument in one pass: a value that looks like a placeholder stays as it is. */
export function fillPlaceholders(
  argument: string,
  values: Readonly<Record<string, string>>,
  otherwise: (name: string, whole: string) => string = (_, whole) => whole,
): string {
  return argument.replaceAll(
    /\{(\w+)\}/g,
    (whole, name: string) => values[name] ?? otherwise(name, whole),
  );
}

/** The same values as variables of the environment: `failedHost` is `ORC_FAILED_HOST`. */
export function variablesOf(
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `ORC_${name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`,
      value,
    ]),
  );
}
