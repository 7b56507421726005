import { execFile } from 'node:child_process';
import { access, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface PackageWish {
  readonly mirror: string;
  readonly suite: string;
  readonly names: readonly string[];
}

/** The Debian mirror that this machine's own apt uses; throws where it uses none. */
export async function debianMirror(): Promise<string> {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)']).catch(
    (cause: unknown) => {
      throw new Error('This needs a Debian machine: apt-get does not run here.', { cause });
    },
  );
  const mirror = stdout.split('\n').find((it) => /\/debian\/?$/.test(it));
  if (mirror === undefined) {
    throw new Error('This needs a Debian machine: apt has no source that is a mirror of Debian.');
  }
  return mirror;
}

/** Downloads packages of a suite with everything they depend on, as if nothing were installed, into a folder. No root is needed. */
export async function downloadPackages(wish: PackageWish, folder: string): Promise<void> {
  await access(keyring).catch((cause: unknown) => {
    throw new Error(`${keyring} is missing; install debian-archive-keyring.`, { cause });
  });
  const apt = await mkdtemp(join(tmpdir(), 'switchover-apt-'));
  try {
    await aptOfItsOwn(apt, wish);
    const env = {
      ...process.env,
      APT_CONFIG: join(apt, 'apt.conf'),
      DEBIAN_FRONTEND: 'noninteractive',
      LC_ALL: 'C',
    };
    await runApt(['update', '-qq'], env);
    await runApt(
      ['install', '-y', '-qq', '--download-only', '--no-install-recommends', ...wish.names],
      env,
    );
    const archives = join(apt, 'cache/archives');
    for (const file of (await readdir(archives)).filter((it) => it.endsWith('.deb'))) {
      await copyFile(join(archives, file), join(folder, file));
    }
  } finally {
    await rm(apt, { recursive: true, force: true });
  }
}

async function runApt(words: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  await run('apt-get', [...words], { env, maxBuffer: 64 * 1024 * 1024 }).catch((cause: unknown) => {
    const told = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    throw new Error(`apt-get ${words[0] ?? ''} failed: ${told.trim().slice(-500)}`, { cause });
  });
}

/** Folders and settings of an apt that knows nothing of this system's packages and touches none of its files. */
async function aptOfItsOwn(apt: string, { mirror, suite }: PackageWish): Promise<void> {
  for (const name of [
    'etc/apt.conf.d',
    'etc/preferences.d',
    'state/lists/partial',
    'cache/archives/partial',
  ]) {
    await mkdir(join(apt, name), { recursive: true });
  }
  await writeFile(join(apt, 'status'), '');
  await writeFile(
    join(apt, 'etc/sources.list'),
    `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`,
  );
  const settings = [
    `Dir "${apt}/";`,
    'Dir::Etc "etc/";',
    'Dir::Etc::sourceparts "-";',
    'Dir::State "state/";',
    `Dir::State::status "${apt}/status";`,
    'Dir::Cache "cache/";',
    'APT::Sandbox::User "";',
    'Acquire::Languages "none";',
    // A mirror may lag behind the clock; the signature is checked all the same.
    'Acquire::Check-Valid-Until "false";',
  ];
  await writeFile(join(apt, 'apt.conf'), `${settings.join('\n')}\n`);
}
