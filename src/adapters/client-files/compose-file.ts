import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { parse } from 'yaml';
import * as z from 'zod';
import type { ClusterSuggestion, Suggestions } from '../../config/cluster-suggestion.ts';
import { spellPath } from '../../config/describe-issue.ts';
import { isServerImage, isServerVariable } from '../../core/containers/server-image.ts';
import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { fillVariables } from './compose-variables.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const longPort = z.object({
  target: z.coerce.number(),
  published: z.union([z.string(), z.number()]).optional(),
  host_ip: z.string().optional(),
});

const service = z.object({
  image: z.string().optional(),
  container_name: z.string().optional(),
  hostname: z.string().optional(),
  ports: z.array(z.union([z.string(), z.number(), longPort])).default([]),
  environment: z.union([z.array(z.string()), z.record(z.string(), scalar)]).default([]),
});

const file = z.object({ services: z.record(z.string(), z.looseObject({})) });

type Service = z.infer<typeof service>;
type Environment = Readonly<Record<string, string | undefined>>;

const serverPort = 3306;

/**
 * The MySQL and MariaDB services of a compose file whose port is published on this machine. `environment`: what `${NAME}`
 * stands for. Never throws: what cannot be read is told.
 */
export function readComposeFile(text: string, environment: Environment): Suggestions {
  let written: unknown;
  try {
    written = parse(fillVariables(text, environment), { merge: true });
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : '').split('\n');
    return { found: [], problems: [phrase('It is no YAML: {says}', { says: first })] };
  }
  const read = file.safeParse(written);
  if (!read.success) {
    return { found: [], problems: [phrase('services must be an object: it is no compose file.')] };
  }
  return suggestionsOf(read.data.services);
}

interface Server {
  readonly name: string;
  readonly service: Service;
  readonly address: string | null;
}

function suggestionsOf(services: Readonly<Record<string, unknown>>): Suggestions {
  const problems: Phrase[] = [];
  const servers: Server[] = [];
  for (const [name, written] of Object.entries(services)) {
    const read = service.safeParse(written);
    if (!read.success) {
      const [issue] = read.error.issues;
      const path = spellPath(['services', name, ...(issue?.path ?? [])]);
      problems.push(phrase('{path} cannot be read: {says}', { path, says: issue?.message ?? '' }));
    } else if (isServer(read.data)) {
      servers.push({ name, service: read.data, address: publishedAt(read.data) });
    }
  }
  const addresses = Object.fromEntries(
    servers.flatMap((it) =>
      namesOf(it).map((name) => [`${name}:${String(serverPort)}`, it.address] as const),
    ),
  );
  const reached = Object.fromEntries(
    Object.entries(addresses).flatMap(([key, address]) =>
      address === null ? [] : [[key, address] as const],
    ),
  );
  const hidden = servers.filter((it) => it.address === null).map((it) => it.name);
  return {
    found: servers.flatMap((it) => suggestionOf(it, reached)),
    problems: [
      ...problems,
      ...(servers.length === 0 ? [phrase('No service of it runs MySQL or MariaDB.')] : []),
      ...(hidden.length === 0
        ? []
        : [
            phrase('These publish no port, such as "127.0.0.1:13306:3306": {names}.', {
              names: hidden.join(', '),
            }),
          ]),
    ],
  };
}

function isServer({ image = '', environment }: Service): boolean {
  const names = Object.keys(variablesOf(environment));
  return isServerImage(image) || names.some(isServerVariable);
}

function namesOf({ name, service: { container_name, hostname } }: Server): readonly string[] {
  return [...new Set([name, container_name, hostname].filter((it) => it !== undefined))];
}

function suggestionOf(
  { name, service: { image, environment }, address }: Server,
  addresses: Readonly<Record<string, string>>,
): readonly ClusterSuggestion[] {
  if (address === null) {
    return [];
  }
  const { MYSQL_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD } = variablesOf(environment);
  const password = MARIADB_ROOT_PASSWORD ?? MYSQL_ROOT_PASSWORD ?? '';
  return [
    {
      label: name,
      detail: [image, address].filter((it) => it !== undefined).join(' · '),
      seed: address,
      addresses,
      // Whose password it is.
      user: password === '' ? null : 'root',
      password: password === '' ? null : password,
    },
  ];
}

function variablesOf(
  environment: Service['environment'],
): Readonly<Record<string, string | undefined>> {
  const pairs = Array.isArray(environment)
    ? environment.map((it) => {
        const equals = it.indexOf('=');
        return equals === -1 ? [it, ''] : [it.slice(0, equals), it.slice(equals + 1)];
      })
    : Object.entries(environment).map(([name, value]) => [name, String(value ?? '')]);
  return Object.fromEntries(pairs);
}

/** Where this machine reaches the server's port; null when it is not published at a known port. */
function publishedAt({ ports }: Service): string | null {
  const [found] = ports.flatMap((it) => {
    const { inner, outer, host } = typeof it === 'object' ? ofLong(it) : ofShort(String(it));
    return inner === serverPort && outer !== null && host !== null
      ? [`${host}:${String(outer)}`]
      : [];
  });
  return found ?? null;
}

interface PortParts {
  readonly inner: number;
  readonly outer: number | null;
  /** null where it is no address of this machine. */
  readonly host: string | null;
}

function ofLong({ target, published, host_ip }: z.infer<typeof longPort>): PortParts {
  return { inner: target, outer: portOf(String(published ?? '')), host: hostOf(host_ip ?? '') };
}

/** `3306`, `13306:3306`, `127.0.0.1:13306:3306`, each with `/tcp` or without. */
function ofShort(text: string): PortParts {
  const parts = text.replace(/\/\w+$/, '').split(':');
  const inner = Number(parts.at(-1));
  const outer = parts.length > 1 ? portOf(parts.at(-2) ?? '') : null;
  return { inner, outer, host: hostOf(parts.slice(0, -2).join(':')) };
}

function portOf(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : null;
}

/**
 * Any address of this machine is reached by its own. A port is published on an address of the machine that runs the
 * containers: a host name, or the address of another, would lead whoever adds the cluster, and the password, elsewhere.
 */
function hostOf(text: string): string | null {
  const address = text.replace(/^\[(.*)\]$/, '$1');
  if (address === '' || address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return isOwnAddress(address) ? text : null;
}

function isOwnAddress(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((it) => it ?? []);
  return (
    isIP(address) !== 0 &&
    (address.startsWith('127.') || address === '::1' || own.some((it) => it.address === address))
  );
}
