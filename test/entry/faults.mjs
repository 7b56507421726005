// npm run faults: every fault on every server.  npm run faults -- F03: those whose name begins so.
import { argv } from 'node:process';
import { forgetFaults, printFaults } from './fault-table.mjs';
import { setUpServer } from './set-up-programs.mjs';
import { setUpTools } from './set-up.mjs';
import { main, tell } from './steps.mjs';
import { runVitest } from './vitest-part.mjs';

await main(async () => {
  const env = await setUpTools();
  await setUpServer(env);
  forgetFaults();
  try {
    const { passed, failed } = await runVitest('faults', {
      env: { ...env, SWITCHOVER_FAULTS: 'all', SWITCHOVER_FAULT: argv[2] ?? '' },
      show: true,
      limitSeconds: 3 * 3600,
    });
    tell(`${passed} passed, ${failed} failed`);
  } finally {
    printFaults();
  }
});
