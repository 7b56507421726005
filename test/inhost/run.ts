// Runs the in-host tests: node test/inhost/run.ts PACKAGE.vsix
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { launchBrowser } from '../workbench/browser.ts';
import { startCodeServer, type CodeServer } from '../workbench/code-server.ts';
import { openWorkbench } from '../workbench/workbench.ts';

const limitMs = 300_000;
const root = resolve(import.meta.dirname, '../..');
const bundle = join(root, 'out/inhost/index.cjs');
const resultsFile = join(root, 'out/results/inhost.json');

const resultSchema = z.object({
  name: z.string(),
  tookMs: z.number(),
  error: z.string().nullable(),
});

const vsix = process.argv[2];
if (vsix === undefined) {
  throw new Error('Usage: node test/inhost/run.ts PACKAGE.vsix');
}
process.exitCode = await runInHost(resolve(vsix));

async function runInHost(extension: string): Promise<number> {
  rmSync(resultsFile, { force: true });
  mkdirSync(dirname(resultsFile), { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, 'index.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    sourcemap: 'inline',
  });
  const server = await startCodeServer({
    vsix: [extension],
    runsTestsInside: true,
    environment: { SWITCHOVER_INHOST_RESULTS: resultsFile, NODE_OPTIONS: '--enable-source-maps' },
  });
  try {
    const said = await untilEnded(server);
    return tellResults(said);
  } finally {
    await server.stop();
  }
}

/** Returns what the extension host printed. */
async function untilEnded(server: CodeServer): Promise<readonly string[]> {
  const browser = await launchBrowser();
  const said: string[] = [];
  let limit: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((ended, failed) => {
      limit = setTimeout(() => {
        failed(new Error([`No end within ${limitMs / 1000} s.`, ...said].join('\n')));
      }, limitMs);
      const inside = {
        extension: join(import.meta.dirname, 'host-extension'),
        tests: bundle,
        ended: () => ended(),
        said: (line: string) => {
          said.push(line);
        },
      };
      openWorkbench(server, browser, { inside }).catch(failed);
    });
    return said;
  } finally {
    clearTimeout(limit);
    await browser.close();
  }
}

/** Returns the exit code. */
function tellResults(said: readonly string[]): number {
  const results = readResults();
  for (const { name, tookMs, error } of results) {
    console.log(`  ${error === null ? 'ok  ' : 'FAIL'} ${name} (${tookMs} ms)`);
    if (error !== null) {
      console.log(error);
    }
  }
  if (results.length === 0) {
    console.log(
      ['No result came out of the extension host. It said:', ...said.slice(-40)].join('\n'),
    );
  }
  return results.length > 0 && results.every(({ error }) => error === null) ? 0 : 1;
}

function readResults(): readonly z.infer<typeof resultSchema>[] {
  try {
    return z.array(resultSchema).parse(JSON.parse(readFileSync(resultsFile, 'utf8')));
  } catch {
    return [];
  }
}
