import * as z from 'zod';
import { clusterSchema } from './cluster-schema.ts';
import { unknownPlaceholders } from './unknown-placeholders.ts';

/** Orchestrator's filters: `*`, or a regular expression. */
const filter = z.string().min(1).refine(isPattern, 'it must be * or a regular expression');

const word = z.string().superRefine((text, context) => {
  for (const message of unknownPlaceholders(text)) {
    context.addIssue({ code: 'custom', message });
  }
});

const processes = z.array(z.array(word).min(1));

/** All settings by their names below `switchover.`; the CLI reads the same keys from its file. */
export const settingsSchema = z.strictObject({
  clusters: z.array(clusterSchema).default([]).describe('The replication clusters to show.'),
  language: z
    .enum(['auto', 'en', 'ko'])
    .default('auto')
    .describe(
      "The language of Switchover's own texts; auto follows the display language of VS Code.",
    ),
  labImage: z
    .string()
    .default('')
    .describe(
      'Image of the lab cluster on Docker, such as mariadb:11.4; empty: one that is on this machine, else the official one.',
    ),
  recoverMasterClusterFilters: z
    .array(filter)
    .default([])
    .describe('Clusters whose dead master is replaced without asking; ["*"] for all.'),
  recoverIntermediateMasterClusterFilters: z
    .array(filter)
    .default([])
    .describe(
      'Clusters whose dead intermediate sources are replaced without asking; ["*"] for all.',
    ),
  promotionIgnoreHostnameFilters: z
    .array(filter)
    .default([])
    .describe(
      'Instances that an automatic failover never promotes; each pattern is tried on host and on host:port.',
    ),
  recoveryPeriodBlockSeconds: z
    .int()
    .min(0)
    .default(3600)
    .describe(
      'Seconds after a recovery in which the same cluster is not recovered again by itself.',
    ),
  failMasterPromotionIfSqlThreadNotUpToDate: z
    .boolean()
    .default(true)
    .describe('Never promotes over received transactions that are not applied.'),
  delayMasterPromotionIfSqlThreadNotUpToDate: z
    .boolean()
    .default(true)
    .describe('Waits with a promotion until received transactions are applied.'),
  delayMasterPromotionSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('Seconds that a promotion waits at most for received transactions to be applied.'),
  detachLostReplicasAfterMasterFailover: z
    .boolean()
    .default(false)
    .describe('Detaches replicas that could not follow the new master.'),
  reasonableReplicationLagSeconds: z
    .int()
    .min(0)
    .default(10)
    .describe('Seconds from which on a replica counts as lagging.'),
  recoverLockedSemiSyncMaster: z
    .boolean()
    .default(true)
    .describe(
      'Starts receivers that a person stopped, when the master waits for them, where automatic failover is armed.',
    ),
  preFailoverProcesses: processes
    .default([])
    .describe(
      'Programs with arguments to run before a failover; one that fails or hangs stops it. Placeholders such as {failedHost} are filled.',
    ),
  postFailoverProcesses: processes
    .default([])
    .describe(
      'Programs with arguments to run after a failover. Placeholders such as {successorHost} are filled.',
    ),
  hookTimeoutSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(10)
    .describe('Seconds after which a program that runs around a failover is killed.'),
});

function isPattern(text: string): boolean {
  if (text === '*') return true;
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
