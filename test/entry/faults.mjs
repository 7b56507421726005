// npm run faults: every fault on every server, and the proofs of the guards.
// npm run faults -- once: every fault once, on MariaDB and MySQL by turns, and the proofs.
// npm run faults -- F03: the faults whose name begins so.  npm run faults -- guards: the proofs only.
import { argv } from 'node:process';
import { forgetFaults, printFaults } from './fault-table.mjs';
import { setUpNetworkTools, setUpServer } from './set-up-programs.mjs';
import { setUpTools } from './set-up.mjs';
import { main, tell } from './steps.mjs';
import { runVitest } from './vitest-part.mjs';

const chosen = argv[2] ?? '';
const words = ['', 'once', 'guards'];

/** What is played, and what not. */
function filesFor(choice) {
  if (choice === '' || choice === 'once') return [];
  return [choice === 'guards' ? 'test/faults/guards.test.ts' : 'test/faults/faults.test.ts'];
}

await main(async () => {
  const env = await setUpTools();
  await setUpServer(env);
  await setUpNetworkTools(env);
  forgetFaults();
  try {
    const { passed, failed } = await runVitest('faults', {
      env: {
        ...env,
        SWITCHOVER_FAULTS: chosen === 'once' ? '' : 'all',
        SWITCHOVER_FAULT: words.includes(chosen) ? '' : chosen,
      },
      show: true,
      limitSeconds: 3 * 3600,
      files: filesFor(chosen),
    });
    tell(`${passed} passed, ${failed} failed`);
  } finally {
    printFaults();
  }
});
