import type { Login } from '../adapters/mysql/connect.ts';
import { keptPassword } from '../adapters/mysql/kept-password.ts';
import { KeptSessions } from '../adapters/mysql/kept-sessions.ts';
import { Pace } from '../adapters/mysql/pace.ts';
import { ServerNames } from '../adapters/mysql/server-names.ts';
import { ServerTrust } from '../adapters/mysql/server-trust.ts';
import { tlsMaterialOf } from '../adapters/mysql/tls-material.ts';
import { ownHome } from '../adapters/own-user.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { ServerAccess } from './containers.ts';
import type { ClusterSettings, PasswordSource } from '../config/settings.ts';
import type { Store } from '../core/ports.ts';

export interface LoginOptions {
  readonly passwords: PasswordSource;
  /** What a relative file name of the settings starts from; the user's home folder unless told. */
  readonly baseDir?: string;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;
}

/** How long one attempt to connect, and one question, may take, in milliseconds. */
export function timeoutsOf({ connectTimeoutMs, queryTimeoutMs }: ClusterSettings): Timeouts {
  return {
    connectTimeoutMs,
    queryTimeoutMs,
    impatientTimeoutMs: Math.min(connectTimeoutMs, Math.max(300, connectTimeoutMs * 0.3)),
  };
}

type Timeouts = Record<'connectTimeoutMs' | 'queryTimeoutMs' | 'impatientTimeoutMs', number>;

/** Who logs in to the servers of a cluster, and what must hold first. Every connection goes this way. */
export function loginOf(
  cluster: ClusterSettings,
  { passwords, baseDir = ownHome(), log }: LoginOptions,
  { addresses, dial, leadsIntoContainer }: ServerAccess,
  store: Store | undefined,
): Login {
  const trust = new ServerTrust({
    cluster: cluster.id,
    store,
    leadsIntoContainer,
    allowPublicKeyRetrieval: cluster.allowPublicKeyRetrieval,
    tell: (says) => {
      log('warn', `${cluster.id}: ${says}`);
    },
  });
  return {
    user: cluster.user,
    password: keptPassword(() => passwords(cluster, 'monitor'), systemClock),
    tls: () => tlsMaterialOf(cluster.tls, baseDir),
    trust,
    pace: new Pace(),
    dial,
    names: new ServerNames((address) => addresses.keysAt(address)),
    kept: new KeptSessions(cluster.user),
  };
}
