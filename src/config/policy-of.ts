import { shapeOf } from '../core/model/password-shape.ts';
import type { Policy } from '../core/model/policy.ts';
import type { ClusterSettings, Settings } from './settings.ts';

/** What the settings say about deciding for one cluster. Of the passwords only their shapes are kept. */
export function policyOf(
  settings: Settings,
  cluster: ClusterSettings,
  passwords: { readonly replication: string | undefined; readonly made?: string | undefined },
): Policy {
  const { replication, made } = passwords;
  return {
    cluster: cluster.id,
    environment: cluster.environment,
    mode: cluster.mode,
    writeProbe: cluster.writeProbe,
    withoutTls: cluster.tls === false,
    reasonableLagSeconds: settings.reasonableReplicationLagSeconds,
    acceptedFilters: cluster.acceptedReplicationFilters,
    promotionRules: cluster.promotionRules,
    monitorUser: cluster.user,
    replicationUser: cluster.replicationUser ?? null,
    replicationPasswordKnown: replication !== undefined,
    replicationPassword: replication === undefined ? undefined : shapeOf(replication),
    newPassword: made === undefined ? undefined : shapeOf(made),
    recoverMasterFilters: settings.recoverMasterClusterFilters,
    recoverIntermediateFilters: settings.recoverIntermediateMasterClusterFilters,
    ignoreHostFilters: settings.promotionIgnoreHostnameFilters,
    blockSeconds: settings.recoveryPeriodBlockSeconds,
    confirmSeconds: cluster.confirmSeconds,
    autoRejoin: cluster.autoRejoin,
    onPossibleLoss: cluster.onPossibleLoss,
    unapplied: {
      delays: settings.delayMasterPromotionIfSqlThreadNotUpToDate,
      delaySeconds: settings.delayMasterPromotionSeconds,
      fails: settings.failMasterPromotionIfSqlThreadNotUpToDate,
    },
    programs: {
      before: settings.preFailoverProcesses,
      after: settings.postFailoverProcesses,
      timeoutSeconds: settings.hookTimeoutSeconds,
    },
    recoverLockedMaster: settings.recoverLockedSemiSyncMaster,
    onUnfencedMaster: cluster.onUnfencedMaster,
    detachesLost: settings.detachLostReplicasAfterMasterFailover,
  };
}
