// A process without rights that opens the journal and tells what happened: node opener.ts DIR
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import { begun } from './scratch.ts';

const nobody = 65534;
const [dir = ''] = process.argv.slice(2);
if (process.getuid?.() === 0) {
  process.setuid?.(nobody);
}
try {
  const store = openStore(dir, { clock: systemClock });
  store.saveRecovery(begun('orders', 1));
  process.stdout.write('saved\n');
} catch (error) {
  if (!(error instanceof ReplicationError)) {
    throw error;
  }
  process.stdout.write(`${error.code}: ${error.message}\n`);
}
