// npm run demo [-- --check] [-- --port N] [-- --theme dark|light|high-contrast|high-contrast-light] [-- --language auto|en|ko]
import { argv } from 'node:process';
import { packageExtension } from './package-extension.mjs';
import { setUpBrowser, setUpServer } from './set-up-programs.mjs';
import { setUpTools, setUpWorkbench } from './set-up.mjs';
import { main, quiet, run, step } from './steps.mjs';

const isCheck = argv.includes('--check');

await main(
  async () => {
    const env = await setUpTools();
    await setUpServer(env);
    await setUpWorkbench(env);
    if (isCheck) {
      await setUpBrowser(env);
    }
    const vsix = await packageExtension(env);
    const demo = () =>
      run('node', [quiet, 'test/demo/demo.ts', vsix, ...argv.slice(2)], {
        env,
        show: true,
        limitSeconds: isCheck ? 900 : Infinity,
      });
    await (isCheck ? step('demo', demo) : demo());
  },
  { codeAfterSignal: isCheck ? undefined : 0 },
);
