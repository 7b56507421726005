// A process that writes into the journal until it is killed: node writer.ts DIR CLUSTER
// It begins when it is sent a line, and tells each write on its standard output only after the store has returned.
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { plain } from '../../../../src/core/model/phrase.ts';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import {
  ended,
  withStepEnded,
  withStepStarted,
} from '../../../../src/core/record/recovery-record.ts';
import { begun } from './scratch.ts';

const [dir = '', cluster = ''] = process.argv.slice(2);
const store = openStore(dir, { clock: systemClock, keepPerCluster: 1_000_000 });
const tell = (what: string, id: string): void => {
  writeSync(1, `${what} ${id}\n`);
};

tell('open', cluster);
await once(process.stdin, 'data');
for (let turn = 0; ; turn += 1) {
  const at = systemClock.now();
  let recovery = begun(cluster, at, `${String(process.pid)}x${String(turn).padStart(6, '0')}`);
  store.saveRecovery(recovery);
  tell('begun', recovery.id);
  recovery = withStepStarted(recovery, '1', at + 1);
  store.saveRecovery(recovery);
  recovery = withStepEnded(recovery, '1', { state: 'done', at: at + 2, note: plain('Done.') });
  store.saveRecovery(recovery);
  tell('stepped', recovery.id);
  store.saveRecovery(ended(recovery, { state: 'succeeded', at: at + 3, writeStopMs: 3 }));
  tell('ended', recovery.id);
  store.acknowledge([recovery.id], cluster, 'Seen.');
  tell('acknowledged', recovery.id);
  store.rememberInstances(cluster, [
    {
      aliases: [],
      key: 'db1:3306',
      address: '127.0.0.1:1',
      lastSeenAt: at,
      role: 'master',
      source: null,
      highWater: null,
    },
  ]);
}
