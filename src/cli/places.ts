import { posix, win32 } from 'node:path';
import type { Io } from './io.ts';

type Machine = Pick<Io, 'env' | 'home' | 'platform' | 'cwd'>;

/** Where this platform keeps what programs remember: `<state>/switchover`. */
export function defaultStateDir({ env, home, platform }: Machine): string {
  if (platform === 'win32') {
    return win32.join(env['LOCALAPPDATA'] ?? win32.join(home, 'AppData', 'Local'), 'switchover');
  }
  if (platform === 'darwin')
    return posix.join(home, 'Library', 'Application Support', 'switchover');
  return posix.join(
    absolute(env['XDG_STATE_HOME']) ?? posix.join(home, '.local', 'state'),
    'switchover',
  );
}

/** Where the settings may stand when no `--config` is given, the first that exists counts. */
export function configCandidates(machine: Machine): readonly string[] {
  const { env, home, platform, cwd } = machine;
  const named = env['SWITCHOVER_CONFIG'];
  if (named !== undefined && named !== '') return [named];
  if (platform === 'win32') {
    const folder = env['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming');
    return [
      win32.join(cwd, 'switchover.json'),
      win32.join(folder, 'switchover', 'switchover.json'),
    ];
  }
  const folder =
    platform === 'darwin'
      ? posix.join(home, 'Library', 'Application Support')
      : (absolute(env['XDG_CONFIG_HOME']) ?? posix.join(home, '.config'));
  return [posix.join(cwd, 'switchover.json'), posix.join(folder, 'switchover', 'switchover.json')];
}

/** The XDG rules: a relative folder does not count. */
function absolute(folder: string | undefined): string | undefined {
  return folder?.startsWith('/') === true ? folder : undefined;
}
