// npm run build
import { setUpTools } from './set-up.mjs';
import { main, run, step } from './steps.mjs';

await main(async () => {
  const env = await setUpTools();
  await step('build', () => run('node', ['esbuild.mjs'], { env }));
});
