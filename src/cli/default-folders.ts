import { posix, win32 } from 'node:path';
import { wrongUse } from './exit-code.ts';
import type { Io } from './io.ts';

type Machine = Pick<Io, 'env' | 'home' | 'platform'>;

/**
 * Throws CommandError where the home folder is no absolute path, as with `HOME=` or `HOME=.`: what a person keeps there
 * would be looked for in the current folder, which may be anybody's.
 */
export function demandHome({ home, platform }: Pick<Machine, 'home' | 'platform'>): void {
  if ((platform === 'win32' ? win32 : posix).isAbsolute(home)) return;
  const variable = platform === 'win32' ? 'USERPROFILE' : 'HOME';
  throw wrongUse(
    `The home folder is ${JSON.stringify(home)}, which is not an absolute path: set ${variable} to the home folder of this user.`,
  );
}

/** Where this platform keeps what programs remember: `<state>/switchover`. */
export function defaultStateDir({ env, home, platform }: Machine): string {
  if (platform === 'win32') {
    return win32.join(
      rooted(env['LOCALAPPDATA']) ?? win32.join(home, 'AppData', 'Local'),
      'switchover',
    );
  }
  if (platform === 'darwin')
    return posix.join(home, 'Library', 'Application Support', 'switchover');
  return posix.join(
    absolute(env['XDG_STATE_HOME']) ?? posix.join(home, '.local', 'state'),
    'switchover',
  );
}

/**
 * Where the settings may stand when no `--config` is given; the first that exists counts. Never the current folder: it
 * may be anybody's, and settings run programs. The last are those of the lab, so that `lab up` is all it takes to begin.
 */
export function configCandidates(machine: Machine, stateDir: string): readonly string[] {
  const { env, platform } = machine;
  const named = env['SWITCHOVER_CONFIG'];
  if (named !== undefined && named !== '') return [named];
  const paths = platform === 'win32' ? win32 : posix;
  return [
    paths.join(userConfigDir(machine), 'switchover', 'switchover.json'),
    paths.join(stateDir, 'lab', 'switchover.json'),
  ];
}

function userConfigDir({ env, home, platform }: Machine): string {
  if (platform === 'win32') {
    return rooted(env['APPDATA']) ?? win32.join(home, 'AppData', 'Roaming');
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support');
  return absolute(env['XDG_CONFIG_HOME']) ?? posix.join(home, '.config');
}

/** The XDG rules: a relative folder does not count. */
function absolute(folder: string | undefined): string | undefined {
  return folder?.startsWith('/') === true ? folder : undefined;
}

function rooted(folder: string | undefined): string | undefined {
  return folder !== undefined && win32.isAbsolute(folder) ? folder : undefined;
}
