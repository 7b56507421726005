import { can } from './capabilities.ts';
import type { Version } from './version.ts';

/** The statements and words of one release that say the same thing. */
export interface Words {
  /** `REPLICA` or `SLAVE`, as in `STOP REPLICA`. */
  readonly replica: 'REPLICA' | 'SLAVE';
  /** `SOURCE` or `MASTER`, the beginning of every option of `changeSource`. */
  readonly source: 'SOURCE' | 'MASTER';
  readonly changeSource: 'CHANGE REPLICATION SOURCE TO' | 'CHANGE MASTER TO';
  readonly replicaStatus: 'SHOW REPLICA STATUS' | 'SHOW ALL SLAVES STATUS' | 'SHOW SLAVE STATUS';
  readonly replicas: 'SHOW REPLICAS' | 'SHOW SLAVE HOSTS';
  readonly binlogEnd: 'SHOW BINARY LOG STATUS' | 'SHOW MASTER STATUS';
  readonly filePositionWait: 'SOURCE_POS_WAIT' | 'MASTER_POS_WAIT';
}

export function wordsOf(version: Version): Words {
  const sourceWords = can(version, 'sourceWords');
  return {
    replica: can(version, 'replicaWords') ? 'REPLICA' : 'SLAVE',
    source: sourceWords ? 'SOURCE' : 'MASTER',
    changeSource: sourceWords ? 'CHANGE REPLICATION SOURCE TO' : 'CHANGE MASTER TO',
    replicaStatus: replicaStatusOf(version),
    replicas: can(version, 'showReplicas') ? 'SHOW REPLICAS' : 'SHOW SLAVE HOSTS',
    binlogEnd: can(version, 'binaryLogStatus') ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
    filePositionWait: can(version, 'sourcePosWait') ? 'SOURCE_POS_WAIT' : 'MASTER_POS_WAIT',
  };
}

function replicaStatusOf(version: Version): Words['replicaStatus'] {
  if (can(version, 'allSlavesStatus')) {
    return 'SHOW ALL SLAVES STATUS';
  }
  return can(version, 'replicaWords') ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS';
}
