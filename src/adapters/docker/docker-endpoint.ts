import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { env, platform } from 'node:process';
import type { Duplex } from 'node:stream';
import * as z from 'zod';
import type { SshSettings } from '../../config/settings.ts';
import { phrase, plain } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { ownHome } from '../own-user.ts';

/** PEM texts. `cert` and `key` are both null where the client has no certificate. */
export interface EngineCertificates {
  readonly ca: string;
  readonly cert: string | null;
  readonly key: string | null;
}

/** Where a container engine listens. */
export type DockerEndpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      /** Null: not encrypted. */
      readonly tls: EngineCertificates | null;
    }
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly port: number | null;
      readonly user: string | null;
    };

export interface FoundEndpoint {
  readonly endpoint: DockerEndpoint;
  /** As `DOCKER_HOST` spells it: the same for the docker command. */
  readonly spelled: string;
  /** The folder of certificates that belongs to it; null for none. */
  readonly certificates: string | null;
}

export interface EndpointOptions {
  /** What the settings say, as `DOCKER_HOST` spells it. */
  readonly setting?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  /** How an engine on another machine is reached through SSH; undefined: it is not. */
  readonly ssh?: ((host: SshSettings) => EngineWay) | undefined;
}

/** Byte streams to an engine that listens on another machine. */
export interface EngineWay {
  /** Makes the way passable, within a few seconds. Rejects with ReplicationError. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Returns at once. */
  open(): Duplex;
}

/**
 * Where the engine listens: the setting, `DOCKER_HOST`, the current context of the docker command, else the first usual
 * socket that is there. Throws ReplicationError with one sentence where that cannot be known.
 */
export function findEndpoint(context: EndpointOptions = {}): FoundEndpoint {
  const { setting, env: variables = env, home = ownHome() } = context;
  if (setting !== undefined && setting !== '') {
    return endpointOf(setting, certificatesOf(variables, home));
  }
  const told = variables['DOCKER_HOST'];
  if (told !== undefined && told !== '') {
    return endpointOf(told, certificatesOf(variables, home));
  }
  return fromContext(variables, home) ?? fromUsualSockets(variables, home);
}

function certificatesOf(
  variables: Readonly<Record<string, string | undefined>>,
  home: string,
): string | null {
  const told = variables['DOCKER_CERT_PATH'];
  const verify = variables['DOCKER_TLS_VERIFY'];
  return told ?? (verify === undefined || verify === '' ? null : join(home, '.docker'));
}

/** Reads an endpoint as `DOCKER_HOST` spells it. */
function endpointOf(spelled: string, certificates: string | null): FoundEndpoint {
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(spelled)?.[1];
  if (socket !== undefined || spelled.startsWith('/')) {
    const path = socket ?? spelled;
    const whole = socket === undefined ? `unix://${path}` : spelled;
    return { endpoint: { kind: 'socket', path }, spelled: whole, certificates: null };
  }
  const url = readUrl(spelled);
  if (url.protocol === 'ssh:') {
    return { endpoint: throughSsh(url), spelled, certificates: null };
  }
  return { endpoint: throughNetwork(url, certificates), spelled, certificates };
}

/** The SSH host that an endpoint leads to; undefined where it leads elsewhere. Throws ReplicationError where it cannot be read. */
export function sshHostOf(spelled: string): SshSettings | undefined {
  const { endpoint } = endpointOf(spelled, null);
  if (endpoint.kind !== 'ssh') {
    return undefined;
  }
  const { host, port, user } = endpoint;
  return { host, port: port ?? undefined, user: user ?? undefined };
}

function readUrl(spelled: string): URL {
  const url = URL.parse(/:\/\//.test(spelled) ? spelled : `tcp://${spelled}`);
  if (url === null || url.hostname === '' || !schemes.has(url.protocol)) {
    throw new ReplicationError(
      'not-asked',
      phrase(
        'Docker cannot be reached at "{endpoint}": write unix:///path, tcp://host:port or ssh://user@host.',
        { endpoint: spelled },
      ),
    );
  }
  return url;
}

const schemes: ReadonlySet<string> = new Set(['tcp:', 'http:', 'https:', 'ssh:']);

function throughSsh({ hostname: host, port, username }: URL): DockerEndpoint {
  return {
    kind: 'ssh',
    host,
    port: port === '' ? null : Number(port),
    user: username === '' ? null : decodeURIComponent(username),
  };
}

function throughNetwork(url: URL, certificates: string | null): DockerEndpoint {
  const usual = certificates === null ? 2375 : 2376;
  return {
    kind: 'tcp',
    host: url.hostname,
    port: url.port === '' ? usual : Number(url.port),
    tls: certificates === null ? null : certificatesIn(certificates),
  };
}

function certificatesIn(folder: string): EngineCertificates {
  const read = (file: string): string => {
    try {
      return readFileSync(join(folder, file), 'utf8');
    } catch (error) {
      throw new ReplicationError(
        'not-asked',
        phrase('Docker’s certificate {file} cannot be read: {says}', {
          file: join(folder, file),
          says: plain(error instanceof Error ? error.message : String(error)),
        }),
        { cause: error },
      );
    }
  };
  const ca = read('ca.pem');
  // Not every engine asks who its client is.
  const isNobody = !['cert.pem', 'key.pem'].some((it) => isThere(join(folder, it)));
  return isNobody
    ? { ca, cert: null, key: null }
    : { ca, cert: read('cert.pem'), key: read('key.pem') };
}

const configShape = z.object({ currentContext: z.string().optional() });
const metaShape = z.object({
  Endpoints: z.object({ docker: z.object({ Host: z.string() }) }),
});

/** The context that the docker command uses; undefined for its default one. */
function fromContext(
  variables: Readonly<Record<string, string | undefined>>,
  home: string,
): FoundEndpoint | undefined {
  const folder = variables['DOCKER_CONFIG'] ?? join(home, '.docker');
  const config = jsonIn(join(folder, 'config.json'), configShape);
  const name = variables['DOCKER_CONTEXT'] || (config?.currentContext ?? '');
  if (name === '' || name === 'default') {
    return undefined;
  }
  const id = createHash('sha256').update(name).digest('hex');
  const meta = jsonIn(join(folder, 'contexts', 'meta', id, 'meta.json'), metaShape);
  if (meta === undefined) {
    throw new ReplicationError(
      'not-asked',
      phrase('Docker’s context "{name}" cannot be read; see "docker context ls".', { name }),
    );
  }
  const tls = join(folder, 'contexts', 'tls', id, 'docker');
  const hasTls = ['ca.pem', 'key.pem'].some((it) => isThere(join(tls, it)));
  return endpointOf(meta.Endpoints.docker.Host, hasTls ? tls : null);
}

function jsonIn<Shape>(file: string, shape: z.ZodType<Shape>): Shape | undefined {
  try {
    const parsed = shape.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function fromUsualSockets(
  variables: Readonly<Record<string, string | undefined>>,
  home: string,
): FoundEndpoint {
  if (platform === 'win32') {
    return endpointOf('npipe:////./pipe/docker_engine', null);
  }
  const runtime = variables['XDG_RUNTIME_DIR'] ?? '';
  const paths = [
    '/var/run/docker.sock',
    ...(runtime === '' ? [] : [join(runtime, 'docker.sock')]),
    join(home, '.docker', 'run', 'docker.sock'),
    ...(runtime === '' ? [] : [join(runtime, 'podman', 'podman.sock')]),
    '/run/podman/podman.sock',
  ];
  // That of the system may be closed to us, and our own open.
  const path = paths.find(mayOpen) ?? paths.find(isThere);
  if (path === undefined) {
    throw new ReplicationError(
      'not-asked',
      phrase(
        'Docker was not found: there is no socket at {paths}. Start Docker, or say where it listens in DOCKER_HOST.',
        { paths: paths.join(', ') },
      ),
    );
  }
  return endpointOf(`unix://${path}`, null);
}

function mayOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Also what we may not look at is there. */
function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES';
  }
}
