/**
 * What a server says about its transactions, as text in the server's own notation.
 * `off`: no GTID; only files and offsets tell how far it is.
 */
export type GtidState =
  | {
      readonly kind: 'mysql';
      /** `gtid_executed`. */
      readonly executed: string;
      /** `gtid_purged`. */
      readonly purged: string;
    }
  | {
      readonly kind: 'mariadb';
      /** `gtid_binlog_pos`. */
      readonly binlogPos: string;
      /** `gtid_slave_pos`. */
      readonly slavePos: string;
      /** `gtid_binlog_state`: the last sequence number of every domain and server. */
      readonly binlogState: string;
      readonly strict: boolean;
      readonly domainId: number;
    }
  | { readonly kind: 'off' };
