// npm run simulate [-- --seconds 60 --seed 1] [-- --once --seed 17] [-- --guards]
import { argv } from 'node:process';
import { setUpTools } from './set-up.mjs';
import { main, quiet, run } from './steps.mjs';

await main(async () => {
  const env = await setUpTools();
  const words = [quiet, 'test/simulation/simulate.ts', ...argv.slice(2)];
  await run('node', words, { env, show: true, limitSeconds: Number.POSITIVE_INFINITY });
});
