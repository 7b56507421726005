import * as z from 'zod';
import { isServerImage, isServerVariable } from '../../core/containers/server-image.ts';
import type {
  Container,
  ContainerNetwork,
  ContainerState,
  PublishedPort,
} from '../../core/model/container.ts';

const text = z
  .string()
  .nullish()
  .transform((it) => it ?? '');
const texts = z
  .array(z.string())
  .nullish()
  .transform((it) => it ?? []);
const bindings = z
  .record(z.string(), z.array(z.object({ HostIp: text, HostPort: text })).nullish())
  .nullish()
  .transform((it) => it ?? {});
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((it) => it ?? {});

/** Words of Docker, which Podman uses for most, and Podman's own for what passes in between. */
const stateWord = z
  .enum([
    'created',
    'running',
    'paused',
    'restarting',
    'removing',
    'exited',
    'dead',
    'configured',
    'initialized',
    'stopping',
    'stopped',
  ])
  .transform((it): ContainerState => {
    switch (it) {
      case 'configured':
      case 'initialized':
        return 'created';
      case 'stopping':
        return 'running';
      case 'stopped':
        return 'exited';
      default:
        return it;
    }
  });

/** `GET /containers/{id}/json`, as far as we read it; Podman answers with the same. */
const inspectShape = z.object({
  Id: z.string().min(12),
  Name: z.string().min(1),
  Path: text,
  Args: texts,
  State: z.object({
    Status: stateWord,
    ExitCode: z.number().nullish(),
    Error: text,
    StartedAt: text,
  }),
  Config: z.object({
    Image: text,
    Hostname: text,
    Env: texts,
    ExposedPorts: z
      .record(z.string(), z.unknown())
      .nullish()
      .transform((it) => Object.keys(it ?? {})),
    Labels: labels,
  }),
  HostConfig: z.object({ NetworkMode: text, PortBindings: bindings }),
  NetworkSettings: z.object({
    Ports: bindings,
    Networks: z
      .record(
        z.string(),
        z.object({
          IPAddress: text,
          GlobalIPv6Address: text,
          Gateway: text,
          IPv6Gateway: text,
          Aliases: texts,
        }),
      )
      .nullish()
      .transform((it) => it ?? {}),
  }),
});

type Inspected = z.infer<typeof inspectShape>;

/**
 * Reads what the engine says about one container. Throws an Error that names the field, never its value: the
 * environment may hold passwords.
 */
export function readContainer(answer: unknown): Container {
  const parsed = inspectShape.safeParse(answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.') ?? '';
    throw new Error(`${field === '' ? 'the answer' : field}: ${issue?.message ?? 'unknown'}`);
  }
  return containerOf(parsed.data);
}

function containerOf(it: Inspected): Container {
  const state = it.State.Status;
  const ran = it.State.StartedAt !== '' && !it.State.StartedAt.startsWith('0001-');
  const ended = ran && (state === 'exited' || state === 'dead');
  const { Labels } = it.Config;
  return {
    id: it.Id,
    name: it.Name.replace(/^\//, ''),
    image: it.Config.Image,
    state,
    exitCode: ended ? (it.State.ExitCode ?? null) : null,
    error: it.State.Error,
    startedAt: ran ? it.State.StartedAt : '',
    project: Labels['com.docker.compose.project'] ?? Labels['io.podman.compose.project'] ?? null,
    service: Labels['com.docker.compose.service'] ?? null,
    hostname: it.Config.Hostname,
    networks: networksOf(it),
    onHostNetwork: it.HostConfig.NetworkMode === 'host',
    published: publishedOf(it),
    isServer: isServer(it),
    serverPort: serverPortOf(it),
  };
}

function networksOf(it: Inspected): readonly ContainerNetwork[] {
  return Object.entries(it.NetworkSettings.Networks).map(([name, network]) => ({
    name,
    aliases: network.Aliases.filter((alias) => !it.Id.startsWith(alias)),
    address: network.IPAddress || network.GlobalIPv6Address || null,
    gateway: network.Gateway || network.IPv6Gateway || null,
  }));
}

/** What is open now; of a container that does not run, what it was told to open. */
function publishedOf(it: Inspected): readonly PublishedPort[] {
  const open = portsIn(it.NetworkSettings.Ports);
  return open.length > 0 ? open : portsIn(it.HostConfig.PortBindings);
}

function portsIn(ports: Inspected['NetworkSettings']['Ports']): readonly PublishedPort[] {
  return Object.entries(ports).flatMap(([inner, hosts]) =>
    (hosts ?? [])
      .map((host) => ({
        inner: tcpPortOf(inner),
        hostAddress: host.HostIp,
        hostPort: Number(host.HostPort),
      }))
      .filter((port) => port.inner > 0 && port.hostPort > 0),
  );
}

/** `3306/tcp`; 0 for anything else. */
function tcpPortOf(spelled: string): number {
  const [port = '', protocol = 'tcp'] = spelled.split('/');
  return protocol === 'tcp' && /^\d+$/.test(port) ? Number(port) : 0;
}

const serverProgram = /(^|\/)(mysqld|mariadbd)(_safe|-safe)?$/;

function isServer({ Config, Path, Args }: Inspected): boolean {
  return (
    isServerImage(Config.Image) ||
    [Path, ...Args].some((it) => serverProgram.test(it)) ||
    Config.ExposedPorts.some((it) => tcpPortOf(it) === 3306) ||
    Config.Env.some((it) => isServerVariable(it.replace(/=.*$/s, '')))
  );
}

/** What its command says, else 3306 where it is exposed, else the only port that is. */
function serverPortOf({ Config, Path, Args }: Inspected): number {
  const words = [Path, ...Args];
  const told = words.flatMap((word, index) => {
    const joined = /^(?:--port=|-P)(\d+)$/.exec(word)?.[1];
    const apart = word === '--port' || word === '-P' ? words[index + 1] : undefined;
    return [joined, apart].filter((it) => it !== undefined && /^\d+$/.test(it)).map(Number);
  });
  const exposed = Config.ExposedPorts.map(tcpPortOf).filter((it) => it > 0 && it !== 33060);
  const [only] = exposed;
  return told[0] ?? (exposed.length === 1 && only !== undefined ? only : 3306);
}
