// Programs that do not come from npm: a browser, a font for Korean, a database server.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env as environment, getuid, platform } from 'node:process';
import { installFromDebian } from './debian.mjs';
import { CannotRun, root, run } from './steps.mjs';
import { whileHolding } from './set-up-lock.mjs';

const browsers = ['chromium', 'chromium-browser', 'google-chrome'];
const servers = ['mariadbd', 'mysqld'];

/** A Chromium to drive the workbench with. */
export function setUpBrowser(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    const missing = [
      ...(environment.CHROMIUM !== undefined || isThere(browsers) ? [] : ['chromium']),
      ...((await canShowKorean(env)) ? [] : ['fonts-nanum']),
    ];
    if (missing.length === 0) {
      return;
    }
    try {
      await installFromDebian(missing, env);
    } catch (error) {
      // Without the font only the looks suffer.
      if (missing.includes('chromium') || !(error instanceof CannotRun)) {
        throw error;
      }
    }
  });
}

/** A MariaDB or MySQL server for the lab cluster. */
export function setUpServer(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    if (!isThere(servers)) {
      await installFromDebian(['mariadb-server'], env);
    }
  });
}

/** Programs that play faults on a network: only root on Linux can use them, and elsewhere the faults say so. */
export function setUpNetworkTools(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    const missing = [
      ['iptables', 'iptables'],
      ['ip', 'iproute2'],
    ].filter(([program]) => !isThere([program]));
    if (missing.length > 0 && platform === 'linux' && getuid?.() === 0) {
      await installFromDebian(
        missing.map(([, name]) => name),
        env,
      );
    }
  });
}

/** Docker's daemon and client: only root on Debian gets them from here. */
export function setUpDockerPrograms(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    const missing = [
      ['dockerd', 'docker.io'],
      ['iptables', 'iptables'],
    ].filter(([program]) => !isThere([program]));
    if (missing.length > 0) {
      await installFromDebian(
        missing.map(([, name]) => name),
        env,
      );
    }
  });
}

/** A registry of images for a port of a test's own, never as a service: only root on Debian gets it from here. */
export function setUpRegistry(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    if (!isThere(['docker-registry'])) {
      await installFromDebian(['docker-registry'], env);
    }
  });
}

/** Podman, of which the tests run one of their own: only root on Debian gets it from here. */
export function setUpPodman(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    if (!isThere(['podman'])) {
      await installFromDebian(['podman', 'crun', 'netavark', 'aardvark-dns'], env);
    }
  });
}

/** What a daemon of an ordinary user needs beside Docker's own packages: only root on Debian gets it from here. */
export function setUpRootlessDocker(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    if (!['rootlesskit', 'slirp4netns', 'newuidmap'].every((it) => isThere([it]))) {
      await installFromDebian(['rootlesskit', 'slirp4netns', 'uidmap'], env);
    }
  });
}

/** An SSH server and its client: the tests run them on ports of their own, never as a service. */
export function setUpSsh(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    if (!isThere(['sshd']) || !isThere(['ssh-agent'])) {
      await installFromDebian(['openssh-server', 'openssh-client'], env);
    }
  });
}

/** A library that gives one server another time: only root on Debian gets it from here. */
export function setUpFakedClock(env) {
  return whileHolding(join(root, '.cache/set-up.lock'), async () => {
    if (!isThere(['faketime'])) {
      await installFromDebian(['faketime'], env);
    }
  });
}

function isThere(names) {
  const folders = [
    ...(environment.PATH ?? '').split(delimiter),
    '/usr/bin',
    '/usr/sbin',
    '/usr/local/sbin',
    '/sbin',
  ];
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))));
}

async function canShowKorean(env) {
  try {
    return (await run('fc-list', [':lang=ko', 'family'], { env })).trim() !== '';
  } catch {
    return false;
  }
}
