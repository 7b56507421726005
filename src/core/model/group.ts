/**
 * A group that replicates among its members and elects its own primaries: MySQL Group Replication, or Galera (MariaDB
 * Galera Cluster, Percona XtraDB Cluster).
 */
export interface Group {
  readonly kind: 'group-replication' | 'galera';
  /** `group_replication_group_name` or `wsrep_cluster_name`. */
  readonly name: string;
  /** As the server calls it, such as `ONLINE`, `RECOVERING` or `Synced`; null where our user may not see it. */
  readonly state: string | null;
  /** It takes writes of applications, as far as it says; in Galera every member may. */
  readonly primary: boolean;
  /** Keys of all members, by the names that they give themselves; empty where our user may not see them. */
  readonly members: readonly string[];
}
