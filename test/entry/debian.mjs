// Packages of Debian, for whoever may install them.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { getuid } from 'node:process';
import { CannotRun, run, step } from './steps.mjs';

/** Debian's packages ask this file whether they may start their service; 101 means no. */
const policy = '/usr/sbin/policy-rc.d';

/** Installs packages without starting any service; CannotRun where that is for the user to do. */
export async function installFromDebian(names, env) {
  if (getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new CannotRun(
      `please install ${names.join(' and ')} (on Debian: apt install ${names.join(' ')})`,
    );
  }
  const isOurs = !existsSync(policy);
  if (isOurs) {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  }
  const apt = (...words) =>
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...words], {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    await step(`apt-get install ${names.join(' ')}`, async () => {
      await apt('update');
      await apt('install', '-y', '--no-install-recommends', ...names);
    });
  } finally {
    if (isOurs) {
      rmSync(policy, { force: true });
    }
  }
}
