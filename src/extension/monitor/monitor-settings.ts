import { resolve } from 'node:path';
import type { ClusterSettings, Settings } from '../../config/settings.ts';
import type { Which } from '../users/credentials.ts';

/** Passwords from the editor's safe; undefined where it keeps none. */
export type KeptPasswords = Readonly<Record<Which, string | undefined>> & {
  readonly sshPassphrase?: string | undefined;
};

/**
 * The settings file of one cluster's background monitor. It names programs and files that give passwords, and never
 * holds one: what the editor's safe keeps goes through the environment. Relative names start from `home`, as in a window.
 */
export function monitorSettings(
  settings: Settings,
  cluster: ClusterSettings,
  { kept, home }: { readonly kept: KeptPasswords; readonly home: string },
): Settings {
  return { ...settings, clusters: [withoutSources(withWholePaths(cluster, home), kept)] };
}

/** The environment of the monitor's process: that of the window without what belongs to the window alone. */
export function monitorEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  kept: KeptPasswords,
): Readonly<Record<string, string>> {
  const inherited = Object.entries(env).filter(
    (it): it is [string, string] =>
      it[1] !== undefined && !/^(VSCODE_|ELECTRON_|SWITCHOVER_|NODE_OPTIONS$)/.test(it[0]),
  );
  const { monitor, replication, sshPassphrase } = kept;
  return {
    ...Object.fromEntries(inherited),
    // The editor's own program is Node where it is told so.
    ELECTRON_RUN_AS_NODE: '1',
    ...(monitor === undefined ? {} : { SWITCHOVER_PASSWORD: monitor }),
    ...(replication === undefined ? {} : { SWITCHOVER_REPLICATION_PASSWORD: replication }),
    ...(sshPassphrase === undefined ? {} : { SWITCHOVER_SSH_PASSPHRASE: sshPassphrase }),
  };
}

/** The safe comes first, as in a window. */
function withoutSources(cluster: ClusterSettings, kept: KeptPasswords): ClusterSettings {
  return {
    ...cluster,
    ...(kept.monitor === undefined ? {} : { passwordCommand: undefined, passwordFile: undefined }),
    ...(kept.replication === undefined
      ? {}
      : { replicationPasswordCommand: undefined, replicationPasswordFile: undefined }),
  };
}

function withWholePaths(cluster: ClusterSettings, home: string): ClusterSettings {
  const { passwordFile, replicationPasswordFile, tls, ssh } = cluster;
  const whole = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : resolve(home, name.replace(/^~(?=\/|\\|$)/, home));
  return {
    ...cluster,
    passwordFile: whole(passwordFile),
    replicationPasswordFile: whole(replicationPasswordFile),
    ...(ssh === undefined ? {} : { ssh: { ...ssh, key: whole(ssh.key) } }),
    ...(tls === undefined || tls === false
      ? {}
      : { tls: { ...tls, ca: whole(tls.ca), cert: whole(tls.cert), key: whole(tls.key) } }),
  };
}
