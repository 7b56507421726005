// npm run bench:failover [-- mariadb|mysql97 --kills 20 --stops 20 --hangs 10 --semi-sync]
// npm run bench:failover -- --round-trip 0,100,250 [mariadb|mysql97 --jitter 20 --trace]: servers that are far
import { argv } from 'node:process';
import { setUpServer } from './set-up-programs.mjs';
import { setUpTools } from './set-up.mjs';
import { main, quiet, run } from './steps.mjs';

await main(async () => {
  const env = await setUpTools();
  await setUpServer(env);
  const isFar = argv.some((it) => it.startsWith('--round-trip'));
  const bench = isFar ? 'test/bench/far-servers.ts' : 'test/bench/failover.ts';
  const words = [quiet, bench, ...argv.slice(2)];
  await run('node', words, { env, show: true, limitSeconds: Number.POSITIVE_INFINITY });
});
