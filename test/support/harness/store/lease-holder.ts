// A process that takes a lease, tells its token, and renews at every line it is sent: node lease-holder.ts DIR TTL_MS
import { createInterface } from 'node:readline';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { begun } from './scratch.ts';

const [dir = '', ttlMs = '0'] = process.argv.slice(2);
const store = openStore(dir, { clock: systemClock });
const lease = store.takeLease('orders', 'the other process', Number(ttlMs));
store.saveRecovery(begun('orders', systemClock.now(), 'other'));
process.stdout.write(`token ${String(lease?.token)}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${line} ${String(lease?.renew())}\n`);
}
