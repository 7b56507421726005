import type { CheckUp } from '../../../src/core/model/check-up.ts';

/** A server that answered all of the doctor's questions and has nothing wrong. */
export function healthyCheckUp(instance: string, more: Partial<CheckUp> = {}): CheckUp {
  return {
    instance,
    settings: {
      sync_binlog: '1',
      innodb_flush_log_at_trx_commit: '1',
      relay_log_recovery: 'ON',
      skip_name_resolve: 'ON',
    },
    readOnlyFrom: 'option-file',
    heartbeatSeconds: 2,
    retryCount: null,
    clock: { skewMs: 3, withinMs: 2 },
    missingRights: [],
    ourUser: { account: { user: 'orc_client_user', host: '%' }, mayCreateAccounts: true },
    accounts: [{ user: 'repl', host: '%' }],
    replicationLogin: 'accepted',
    disks: null,
    unasked: [],
    ...more,
  };
}
