// A process that takes one lease again and again, beside others: node lease-taker.ts DIR TURNS
// While it holds the lease it makes a file that only one may make, writes its token down, and saves a recovery.
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { begun } from './scratch.ts';

const [dir = '', turns = '0'] = process.argv.slice(2);
const store = openStore(join(dir, 'state'), { clock: systemClock, keepPerCluster: 1_000_000 });
const me = String(process.pid);

for (let turn = 0; turn < Number(turns); turn += 1) {
  let lease = store.takeLease('orders', me, 60_000);
  while (lease === undefined) {
    await systemClock.sleep(1, AbortSignal.timeout(20_000));
    lease = store.takeLease('orders', me, 60_000);
  }
  writeFileSync(join(dir, 'held'), me, { flag: 'wx' });
  appendFileSync(join(dir, 'tokens'), `${String(lease.token)}\n`);
  store.saveRecovery(begun('orders', systemClock.now(), `${me}x${String(turn)}`));
  if (!lease.renew() || store.leaseHolder('orders') !== me) {
    throw new Error('The lease was lost while it was held.');
  }
  rmSync(join(dir, 'held'));
  lease.release();
}
store.close();
