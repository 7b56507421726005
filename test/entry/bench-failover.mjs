// npm run bench:failover [-- mariadb|mysql97 --kills 20 --stops 20 --hangs 10 --semi-sync]
import { argv } from 'node:process';
import { setUpServer } from './set-up-programs.mjs';
import { setUpTools } from './set-up.mjs';
import { main, quiet, run } from './steps.mjs';

await main(async () => {
  const env = await setUpTools();
  await setUpServer(env);
  const words = [quiet, 'test/bench/failover.ts', ...argv.slice(2)];
  await run('node', words, { env, show: true, limitSeconds: Number.POSITIVE_INFINITY });
});
