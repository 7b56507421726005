import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { join } from 'node:path';

export interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** All whole lines that it has written so far. */
  lines(): readonly string[];
  /** Ends when it has written a line that begins so; throws when it ends without one. */
  line(beginning: string): Promise<string>;
  /** Its exit code (null when it was killed) and what it wrote to standard error. */
  readonly end: Promise<{ readonly code: number | null; readonly errors: string }>;
}

/** Node asks for a `type` in package.json when it runs TypeScript from here. */
const noModuleWarning = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';

/** Runs one of the scripts beside this file with the Node that runs the tests. */
export function startChild(
  script: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Child {
  const child = spawn(
    process.execPath,
    [noModuleWarning, ...flags, join(import.meta.dirname, script), ...args],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const end = once(child, 'close').then(() => ({ code: child.exitCode, errors }));
  const lines = (): readonly string[] => output.split('\n').slice(0, -1);
  const line = async (beginning: string): Promise<string> => {
    for (;;) {
      const found = lines().find((it) => it.startsWith(beginning));
      if (found !== undefined) {
        return found;
      }
      const ended = await Promise.race([once(child.stdout, 'data').then(() => undefined), end]);
      if (ended !== undefined && !lines().some((it) => it.startsWith(beginning))) {
        throw new Error(`${script} never wrote "${beginning}": ${ended.errors}`);
      }
    }
  };
  return { process: child, lines, line, end };
}
