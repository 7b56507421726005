import { directDial } from '../adapters/dial.ts';
import { sshHostOf } from '../adapters/docker/docker-endpoint.ts';
import { Bastions } from '../adapters/ssh/bastions.ts';
import { ownHome } from '../adapters/own-user.ts';
import { systemClock } from '../adapters/system-clock.ts';
import {
  createContainers,
  finders,
  accessTo,
  type ContainerWatch,
  type ServerAccess,
} from './containers.ts';
import type { ClusterSettings, SshSettings } from '../config/settings.ts';
import { withoutPerson, type SshQuestions } from '../config/ssh-questions.ts';
import type { Store } from '../core/ports.ts';

export interface NetworkOptions {
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;
  /** What a relative file name of the settings starts from. */
  readonly baseDir?: string;
  /** Without: the passphrase of a key comes from the environment, and unknown hosts are refused. */
  readonly ssh?: SshQuestions | undefined;
}

/** How the servers of all clusters are found and reached: straight, in containers, or through SSH hosts. */
export interface Network {
  accessTo(cluster: ClusterSettings, store: Store | undefined): ServerAccess;
  close(): void;
}

export function networkOf(options: NetworkOptions): Network {
  const { log } = options;
  const bastions = bastionsOf(options);
  const containers = finders(log, (host) => bastions.docker(host));
  return {
    accessTo: (cluster, store) => {
      const { isFar, settings } = withFarEngine(cluster);
      const { ssh } = settings;
      const direct = ssh === undefined ? directDial : bastions.dial(ssh);
      return accessTo(settings, direct, { finders: containers, store, log, isFar });
    },
    close: () => {
      containers.close();
      bastions.close();
    },
  };
}

/** The containers of the engine that the docker command would ask, also where that is behind an SSH host. */
export function lookForContainers(options: NetworkOptions): ContainerWatch {
  const bastions = bastionsOf(options);
  const watch = createContainers(options.log, undefined, (host) => bastions.docker(host));
  return {
    get containers() {
      return watch.containers;
    },
    looked: (ms) => watch.looked(ms),
    onChange: (listener) => watch.onChange(listener),
    close: () => {
      watch.close();
      bastions.close();
    },
  };
}

function bastionsOf({ log, baseDir = ownHome(), ssh }: NetworkOptions): Bastions {
  return new Bastions({
    place: { home: ownHome(), env: process.env, baseDir },
    questions: ssh ?? withoutPerson(process.env['SWITCHOVER_SSH_PASSPHRASE']),
    clock: systemClock,
    log: (line) => {
      log('warn', line);
    },
  });
}

/**
 * Where the engine is that of an SSH host, the servers are reached through that host too, and loopback and networks are
 * its own. Behind an SSH host the containers of this machine are no help, so that none are looked for unless the settings
 * ask; then they are that host's, unless they name an engine.
 */
function withFarEngine(cluster: ClusterSettings): {
  readonly isFar: boolean;
  readonly settings: ClusterSettings;
} {
  const { docker, ssh } = cluster;
  if (docker === undefined || docker === false) {
    const settings = ssh === undefined ? cluster : { ...cluster, docker: false as const };
    return { isFar: false, settings };
  }
  if (docker.host === undefined) {
    return ssh === undefined
      ? { isFar: false, settings: cluster }
      : { isFar: true, settings: { ...cluster, docker: { ...docker, host: spelled(ssh) } } };
  }
  const named = namedHost(docker.host);
  return named === undefined || (ssh !== undefined && !isSame(ssh, named))
    ? { isFar: false, settings: cluster }
    : { isFar: true, settings: { ...cluster, ssh: ssh ?? named } };
}

/** What cannot be read is told when the engine is asked. */
function namedHost(endpoint: string): SshSettings | undefined {
  try {
    return sshHostOf(endpoint);
  } catch {
    return undefined;
  }
}

function isSame(one: SshSettings, other: SshSettings): boolean {
  return one.host === other.host && agree(one.user, other.user) && agree(one.port, other.port);
}

/** What one of them leaves out is no difference. */
function agree<Value>(one: Value | undefined, other: Value | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

/** As `DOCKER_HOST` spells it. */
function spelled({ host, port, user }: SshSettings): string {
  const before = user === undefined ? '' : `${encodeURIComponent(user)}@`;
  const behind = port === undefined ? '' : `:${String(port)}`;
  return `ssh://${before}${host.includes(':') ? `[${host}]` : host}${behind}`;
}
