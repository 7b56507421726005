// npm run bench:start [-- mariadb|mysql97 --clusters 12 --starts 20 --seconds 12]
import { argv } from 'node:process';
import { setUpServer } from './set-up-programs.mjs';
import { setUpTools } from './set-up.mjs';
import { main, quiet, run, step } from './steps.mjs';

await main(async () => {
  const env = await setUpTools();
  await setUpServer(env);
  await step('build', () => run('node', ['esbuild.mjs'], { env }));
  const words = [quiet, 'test/bench/busy-start.ts', ...argv.slice(2)];
  await run('node', words, { env, show: true, limitSeconds: Number.POSITIVE_INFINITY });
});
