import { join, resolve } from 'node:path';
import { parse } from 'ssh-config';
import * as z from 'zod';
import type { SshSettings } from '../../config/settings.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { ownName } from '../own-user.ts';
import type { HostName } from './known-hosts.ts';
import { readClientConfig } from './read-client-config.ts';

/** One host on the way, with all that is needed to log in there. */
export interface Hop {
  /** As the settings or another host's `ProxyJump` name it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Key files that were named for it, in their order. */
  readonly keys: readonly string[];
  /** Tried where no key was named. */
  readonly defaultKeys: readonly string[];
  /** The agent offers only the keys that were named. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent; undefined for none. */
  readonly agent: string | undefined;
  /** The name that its key is known by. */
  readonly knownAs: HostName;
  /** The first is the one that a trusted key is added to. */
  readonly knownHostsFiles: readonly string[];
  readonly hashesKnownHosts: boolean;
  readonly strictness: 'ask' | 'yes' | 'accept-new' | 'no';
}

/** Where this process finds the person's SSH. */
export interface SshPlace {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What a relative `key` of the settings starts from. */
  readonly baseDir: string;
  /** The machine's own `ssh_config`. */
  readonly systemFile?: string;
}

const deepestJump = 8;

const words = z.union([z.string(), z.array(z.string())]);
const single = words.transform((it) => (typeof it === 'string' ? it : (it[0] ?? '')));
const several = words.transform((it) => (typeof it === 'string' ? [it] : it));
const port = single.transform(Number).pipe(z.int().min(1).max(65_535));

/** What `ssh-config` makes of a file, as far as we follow it. */
const hostSchema = z.looseObject({
  hostname: single.optional(),
  port: port.optional(),
  user: single.optional(),
  identityfile: several.optional(),
  identitiesonly: single.optional(),
  identityagent: single.optional(),
  proxyjump: words.transform((it) => (typeof it === 'string' ? it : it.join(','))).optional(),
  proxycommand: single.optional(),
  userknownhostsfile: several.optional(),
  globalknownhostsfile: several.optional(),
  hashknownhosts: single.optional(),
  hostkeyalias: single.optional(),
  stricthostkeychecking: single.optional(),
});

type HostConfig = z.infer<typeof hostSchema>;

/** The hosts to go through, the one of the settings last. Throws ReplicationError `not-asked` for what we cannot follow. */
export function routeOf(settings: SshSettings, place: SshPlace): readonly Hop[] {
  const text = readClientConfig(place.home, place.systemFile);
  return route(settings, text, place, 0);
}

function route(
  settings: SshSettings,
  text: string,
  place: SshPlace,
  depth: number,
): readonly Hop[] {
  const { host } = settings;
  const config = configOf(host, text);
  const jumps = config.proxyjump ?? 'none';
  if (jumps.toLowerCase() === 'none') {
    refuseProxyCommand(host, config);
    return [hopOf(settings, config, place)];
  }
  if (depth >= deepestJump) {
    throw cannot(phrase('The ProxyJump of the SSH host {host} leads in a circle.', { host }));
  }
  const [first = '', ...others] = jumps.split(',').map((it) => it.trim());
  const before = [
    ...route(jumpOf(first), text, place, depth + 1),
    ...others.map((it) => {
      const jump = jumpOf(it);
      return hopOf(jump, configOf(jump.host, text), place);
    }),
  ];
  return [...before, hopOf(settings, config, place)];
}

function configOf(host: string, text: string): HostConfig {
  try {
    const computed: unknown = parse(text).compute(host, {
      ignoreCase: true,
      matchExec: false,
    });
    return hostSchema.parse(computed);
  } catch (cause) {
    const said =
      cause instanceof z.ZodError
        ? cause.issues.map((it) => `${it.path.join('.')}: ${it.message}`).join('; ')
        : cause instanceof Error
          ? cause.message
          : String(cause);
    throw cannot(phrase('The file ~/.ssh/config cannot be read: {said}', { said }), cause);
  }
}

function hopOf(settings: SshSettings, config: HostConfig, place: SshPlace): Hop {
  const { host: name } = settings;
  const host = (config.hostname ?? name).replaceAll('%h', name).replaceAll('%%', '%');
  const user = settings.user ?? config.user ?? ownName();
  const at = settings.port ?? config.port ?? 22;
  const expand = (file: string): string => expanded(file, { host, user, port: at, name }, place);
  return {
    name,
    host,
    port: at,
    user,
    ...keysOf(settings, config, place, expand),
    ...knownHostsOf({ host, port: at }, config, place, expand),
    agent: agentOf(config.identityagent, expand, place),
    strictness: strictnessOf(config.stricthostkeychecking),
  };
}

type Expand = (file: string) => string;

function keysOf(
  settings: SshSettings,
  config: HostConfig,
  { home, baseDir }: SshPlace,
  expand: Expand,
): Pick<Hop, 'keys' | 'defaultKeys' | 'identitiesOnly'> {
  return {
    keys: [
      ...(settings.key === undefined ? [] : [resolve(baseDir, expand(settings.key))]),
      ...(config.identityfile ?? []).filter((it) => it.toLowerCase() !== 'none').map(expand),
    ],
    defaultKeys: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((it) => join(home, '.ssh', it)),
    identitiesOnly: config.identitiesonly?.toLowerCase() === 'yes',
  };
}

function knownHostsOf(
  at: HostName,
  config: HostConfig,
  { home }: SshPlace,
  expand: Expand,
): Pick<Hop, 'knownAs' | 'knownHostsFiles' | 'hashesKnownHosts'> {
  const { hostkeyalias: alias } = config;
  return {
    knownAs: alias === undefined ? at : { host: alias, port: 22 },
    knownHostsFiles: [
      ...(config.userknownhostsfile?.map(expand) ?? [join(home, '.ssh', 'known_hosts')]),
      ...(config.globalknownhostsfile?.map(expand) ?? ['/etc/ssh/ssh_known_hosts']),
    ],
    hashesKnownHosts: config.hashknownhosts?.toLowerCase() === 'yes',
  };
}

function strictnessOf(written: string | undefined): Hop['strictness'] {
  switch (written?.toLowerCase()) {
    case 'yes':
    case 'true':
      return 'yes';
    case 'accept-new':
      return 'accept-new';
    case 'no':
    case 'off':
    case 'false':
      return 'no';
    default:
      return 'ask';
  }
}

function agentOf(
  written: string | undefined,
  expand: Expand,
  { env }: SshPlace,
): string | undefined {
  if (written === undefined || written === 'SSH_AUTH_SOCK') {
    const socket = filled(env['SSH_AUTH_SOCK']);
    return socket ?? (process.platform === 'win32' ? windowsAgent : undefined);
  }
  if (written.toLowerCase() === 'none') {
    return undefined;
  }
  const variable = /^\$\{?(\w+)\}?$/.exec(written)?.[1];
  return variable === undefined ? expand(written) : filled(env[variable]);
}

/** A variable that is set to nothing names no agent, as for `ssh`. */
function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

const windowsAgent = '\\\\.\\pipe\\openssh-ssh-agent';

function expanded(
  file: string,
  of: {
    readonly host: string;
    readonly user: string;
    readonly port: number;
    readonly name: string;
  },
  { home }: SshPlace,
): string {
  const tokens: Readonly<Record<string, string>> = {
    '%%': '%',
    '%d': home,
    '%h': of.host,
    '%n': of.name,
    '%p': String(of.port),
    '%r': of.user,
    '%u': ownName(),
  };
  const path = file.startsWith('~/') ? join(home, file.slice(2)) : file;
  return path.replace(/%[%dhnpru]/g, (it) => tokens[it] ?? it);
}

/** `[user@]host[:port]`, also as `ssh://...`. */
function jumpOf(written: string): SshSettings {
  const found =
    /^(?:ssh:\/\/)?(?:(?<user>[^@]+)@)?(?<host>\[[^\]]+\]|[^:]+)(?::(?<port>\d+))?\/?$/.exec(
      written,
    )?.groups ?? {};
  const { user, host = written, port: at } = found;
  return {
    host: host.replace(/^\[|\]$/g, ''),
    ...(user === undefined ? {} : { user }),
    ...(at === undefined ? {} : { port: Number(at) }),
  };
}

function refuseProxyCommand(host: string, { proxycommand }: HostConfig): void {
  if (proxycommand !== undefined && proxycommand.toLowerCase() !== 'none') {
    throw cannot(
      phrase(
        'The SSH host {host} is reached by a ProxyCommand in ~/.ssh/config, which is not run here: use ProxyJump instead.',
        { host },
      ),
    );
  }
}

function cannot(says: ReturnType<typeof phrase>, cause?: unknown): ReplicationError {
  return new ReplicationError('not-asked', says, cause === undefined ? {} : { cause });
}
