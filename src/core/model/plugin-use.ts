import type { Flavor, Release, Server } from './instance.ts';
import { reaches } from './release.ts';

/**
 * Whether a server can log in to its source with an authentication plugin of that. `perhaps`: it needs a plugin that is not
 * built in, a ticket, a device or a password in clear text. `local`: the plugin lets nobody in over the network, or at all.
 */
export type PluginUse = 'yes' | 'perhaps' | 'no' | 'local';

/** What it was before a release, and is from that on. */
type Change = readonly [before: PluginUse, first: Release, since: PluginUse];

const local: Record<Flavor, PluginUse> = { mysql: 'local', mariadb: 'local' };
const mariadbOnly: Record<Flavor, PluginUse> = { mysql: 'no', mariadb: 'perhaps' };

/** As the manuals of the servers tell; that MySQL 9.7 comes without `mysql_native_password`, its own directory. */
const uses: ReadonlyMap<string, Readonly<Record<Flavor, PluginUse | Change>>> = new Map<
  string,
  Readonly<Record<Flavor, PluginUse | Change>>
>([
  ['auth_socket', local],
  ['unix_socket', local],
  ['named_pipe', local],
  ['mysql_no_login', local],
  ['mysql_native_password', { mysql: ['yes', [9, 0, 0], 'perhaps'], mariadb: 'yes' }],
  ['mysql_old_password', { mysql: ['perhaps', [5, 7, 5], 'no'], mariadb: 'perhaps' }],
  ['caching_sha2_password', { mysql: ['no', [5, 7, 23], 'yes'], mariadb: 'perhaps' }],
  ['sha256_password', { mysql: 'yes', mariadb: 'perhaps' }],
  ['ed25519', { mysql: 'no', mariadb: ['no', [10, 1, 22], 'perhaps'] }],
  ['parsec', { mysql: 'no', mariadb: ['no', [11, 6, 1], 'perhaps'] }],
  ['gssapi', mariadbOnly],
  ['pam', mariadbOnly],
]);

export function pluginUse(
  plugin: string,
  { flavor, release }: Pick<Server, 'flavor' | 'release'>,
): PluginUse {
  const rule = uses.get(plugin)?.[flavor] ?? 'perhaps';
  if (typeof rule === 'string') return rule;
  const [before, first, since] = rule;
  return reaches(release, first) ? since : before;
}
