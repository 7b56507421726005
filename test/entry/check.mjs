// npm run check
import { checkAll } from './check-parts.mjs';
import { setUpTools } from './set-up.mjs';
import { main, tell } from './steps.mjs';

await main(async () => {
  const results = await checkAll(await setUpTools());
  const failed = results.reduce((sum, it) => sum + it.failed, 0);
  tell(`${results.reduce((sum, it) => sum + it.passed, 0)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
