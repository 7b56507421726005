// npm run bench:scale [-- mariadb|mysql97 --instances 300,1000 --tls --profile | --real 12]
import { argv } from 'node:process';
import { setUpServer } from './set-up-programs.mjs';
import { setUpTools } from './set-up.mjs';
import { main, quiet, run } from './steps.mjs';

await main(async () => {
  const env = await setUpTools();
  await setUpServer(env);
  const words = [quiet, 'test/bench/scale.ts', ...argv.slice(2)];
  await run('node', words, { env, show: true, limitSeconds: Number.POSITIVE_INFINITY });
});
