/** Server variables that the doctor reads and may set, by their newest name; the dialect knows the others. */
export const settingNames = [
  'binlog_expire_logs_seconds',
  'expire_logs_days',
  'general_log',
  'gtid_ignore_duplicates',
  'gtid_strict_mode',
  'have_ssl',
  'innodb_flush_log_at_trx_commit',
  'log_raw',
  'offline_mode',
  'read_only',
  'relay_log_recovery',
  'replica_exec_mode',
  'replica_net_timeout',
  'replicate_events_marked_for_skip',
  'rpl_semi_sync_slave_kill_conn_timeout',
  'semi_sync_source_enabled',
  'semi_sync_timeout',
  'semi_sync_waits_without_replicas',
  'server_id',
  'skip_name_resolve',
  'ssl_cert',
  'super_read_only',
  'sync_binlog',
] as const;

export type SettingName = (typeof settingNames)[number];

export interface Setting {
  readonly name: SettingName;
  readonly value: number | 'ON' | 'OFF' | 'STRICT' | 'REPLICATE';
}

/** What a replica keeps about the way to its source, beside where that is; null: as it is. */
export interface SourceOptions {
  /** The replication user and password of the settings. */
  readonly credentials: boolean;
  /** It may ask the source for the key that `caching_sha2_password` needs without TLS (MySQL). */
  readonly publicKey: boolean;
  /** From now on it finds its place by GTID. */
  readonly byGtid: boolean;
  /** It ignores no server any more. */
  readonly ignoresNobody?: true;
  /** The way to the source is encrypted. */
  readonly tls?: true;
  /** It no longer chooses another source by itself (MySQL). */
  readonly staysWithSource?: true;
  readonly heartbeatSeconds: number | null;
  readonly connectRetrySeconds: number | null;
  readonly retryCount: number | null;
}

/** Where the replication user is made, or gets the password of the settings. */
export interface ReplicationAccount {
  /** From where it may come: `172.20.0.%`. */
  readonly host: string;
  /** It is there and gets the password only. */
  readonly exists: boolean;
  /** Not in the binary log: on a replica it would else be a transaction that its master lacks. */
  readonly alone: boolean;
}
