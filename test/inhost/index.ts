import { writeFileSync } from 'node:fs';
import { activationTests } from './activation-tests.ts';
import type { InHostTest } from './in-host-test.ts';
import { surfaceTests } from './surface-tests.ts';

const tests: readonly InHostTest[] = [...activationTests, ...surfaceTests];

/** Called by the extension host. What became of each test goes to the file that the environment names. */
export async function run(): Promise<void> {
  const results = [];
  for (const test of tests) {
    const startedAt = Date.now();
    const error = await test.run().then(
      () => null,
      (reason: unknown) =>
        reason instanceof Error ? (reason.stack ?? reason.message) : String(reason),
    );
    results.push({ name: test.name, tookMs: Date.now() - startedAt, error });
  }
  writeFileSync(process.env['SWITCHOVER_INHOST_RESULTS'] ?? '', JSON.stringify(results, null, 2));
}
