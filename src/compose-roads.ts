import { homedir } from 'node:os';
import { directDial } from './adapters/dial.ts';
import { Bastions } from './adapters/ssh/bastions.ts';
import { systemClock } from './adapters/system-clock.ts';
import { finders, waysTo, type Ways } from './compose-containers.ts';
import type { ClusterSettings } from './config/settings.ts';
import { withoutPerson, type SshQuestions } from './config/ssh-questions.ts';
import type { Store } from './core/ports.ts';

export interface RoadOptions {
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;
  /** What a relative file name of the settings starts from. */
  readonly baseDir?: string;
  /** Without: the passphrase of a key comes from the environment, and unknown hosts are refused. */
  readonly ssh?: SshQuestions | undefined;
}

/** How the servers of all clusters are found and reached: straight, in containers, or through SSH hosts. */
export interface Roads {
  waysTo(cluster: ClusterSettings, store: Store | undefined): Ways;
  close(): void;
}

export function roadsOf({ log, baseDir = homedir(), ssh }: RoadOptions): Roads {
  const bastions = new Bastions({
    place: { home: homedir(), env: process.env, baseDir },
    questions: ssh ?? withoutPerson(process.env['SWITCHOVER_SSH_PASSPHRASE']),
    clock: systemClock,
    log: (line) => {
      log('warn', line);
    },
  });
  const containers = finders(log, (host) => bastions.docker(host));
  return {
    waysTo: (cluster, store) => {
      const direct = cluster.ssh === undefined ? directDial : bastions.dial(cluster.ssh);
      return waysTo(foundElsewhere(cluster), direct, {
        finders: containers,
        store,
        log,
      });
    },
    close: () => {
      containers.close();
      bastions.close();
    },
  };
}

/** Behind an SSH host the containers of this machine are no help, unless the settings name an engine. */
function foundElsewhere(cluster: ClusterSettings): ClusterSettings {
  const { docker, ssh } = cluster;
  const namesEngine = docker !== undefined && docker !== false && docker.host !== undefined;
  return ssh === undefined || namesEngine ? cluster : { ...cluster, docker: false };
}
