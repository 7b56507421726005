import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder that is home and current folder for `call`, with the user's own configuration in it. */
export interface CliHome {
  readonly dir: string;
  /** Writes the configuration; what a cluster does not say is `{ seeds: ['db1'], user: 'orc' }`. */
  readonly settings: (...clusters: readonly object[]) => void;
}

/** To be called once in a test file; the folder goes when the file's tests are over. */
export function cliHome(): CliHome {
  const dir = mkdtempSync(join(tmpdir(), 'switchover-home-'));
  const folder = join(dir, '.config', 'switchover');
  mkdirSync(folder, { recursive: true });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    dir,
    settings: (...clusters) => {
      const whole = clusters.map((it) => ({ seeds: ['db1'], user: 'orc', ...it }));
      writeFileSync(join(folder, 'switchover.json'), JSON.stringify({ clusters: whole }));
    },
  };
}
