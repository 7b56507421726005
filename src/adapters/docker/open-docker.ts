import { Agent } from 'node:http';
import { env } from 'node:process';
import type { Duplex } from 'node:stream';
import Docker from 'dockerode';
import type { Phrase } from '../../core/model/phrase.ts';
import { findEndpoint, type EndpointOptions, type FoundEndpoint } from './docker-endpoint.ts';
import { silentEngine, troubleOf } from './docker-trouble.ts';
import { codeOf } from './engine-refusal.ts';
import { tlsRefusal, wordsOf } from './tls-trouble.ts';
import { phraseOf, ReplicationError } from '../../core/model/replication-error.ts';
import { phrase } from '../../core/model/phrase.ts';

/** An engine that answered. */
export interface OpenDocker {
  readonly kind: 'open';
  readonly docker: Docker;
  readonly found: FoundEndpoint;
}

/** `problem`: one sentence that says what to do. */
export interface ClosedDocker {
  readonly kind: 'closed';
  readonly problem: Phrase;
}

/** How long an engine may take to say that it is there, in milliseconds. */
const answerMs = 2_000;
/** And how long the way through SSH may take before. */
const sshMs = 15_000;

/** Looks for the engine and asks whether it is there. Never throws, and takes no longer than two seconds, and the way through SSH. */
export async function openDocker(
  context: EndpointOptions = {},
): Promise<OpenDocker | ClosedDocker> {
  let found: FoundEndpoint;
  try {
    found = findEndpoint(context);
  } catch (error) {
    return { kind: 'closed', problem: phraseOf(error) };
  }
  try {
    const docker = await clientOf(found, context);
    await ping({ docker, found }, answerMs);
    return { kind: 'open', docker, found };
  } catch (error) {
    const refusal = wasCut(error) ? await tlsRefusal(found) : undefined;
    return { kind: 'closed', problem: troubleOf(refusal ?? error, found) };
  }
}

function wasCut(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

/** Asks whether the engine is there. Throws what the client library throws, and ReplicationError when it is late. */
export async function ping(
  { docker, found }: Pick<OpenDocker, 'docker' | 'found'>,
  ms: number,
): Promise<void> {
  await late(found, ms, docker.ping());
}

/** Leaves a question alone that cannot be cut. */
function late<Answer>(found: FoundEndpoint, ms: number, asked: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(silentEngine(found, ms));
    }, ms);
    asked.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/**
 * Cuts a question that the engine leaves open, and one that nobody waits for any more. What came of it is not cut later.
 * Throws what the client library throws, and ReplicationError when it is late.
 */
export async function bounded<Answer>(
  found: FoundEndpoint,
  ms: number,
  ask: (signal: AbortSignal) => Promise<Answer>,
  also?: AbortSignal,
): Promise<Answer> {
  const over = new AbortController();
  const timer = setTimeout(() => {
    over.abort();
  }, ms);
  try {
    return await ask(also === undefined ? over.signal : AbortSignal.any([over.signal, also]));
  } catch (error) {
    throw over.signal.aborted ? silentEngine(found, ms) : error;
  } finally {
    clearTimeout(timer);
  }
}

async function clientOf({ endpoint }: FoundEndpoint, { ssh }: EndpointOptions): Promise<Docker> {
  if (endpoint.kind === 'ssh' && ssh !== undefined) {
    const { host, port, user } = endpoint;
    const way = ssh({ host, port: port ?? undefined, user: user ?? undefined });
    await way.prepare(AbortSignal.timeout(sshMs));
    // The types of the client library do not know that it takes one.
    const agent: object = { agent: new StreamAgent(() => way.open()) };
    return newClient({ ...agent, host: 'docker', port: 80, protocol: 'http' });
  }
  if (endpoint.kind === 'ssh') {
    throw new ReplicationError(
      'not-asked',
      phrase('Docker at {endpoint} is on another machine; this needs Docker on this machine.', {
        endpoint: `ssh://${endpoint.host}`,
      }),
    );
  }
  if (endpoint.kind === 'socket') {
    return newClient({ socketPath: endpoint.path, protocol: 'http' });
  }
  const { host, port, tls } = endpoint;
  const protocol = tls === null ? 'http' : 'https';
  return newClient({ host, port, protocol, ...(tls === null ? {} : wordsOf(tls)) });
}

/** Requests over streams of another kind than sockets of this machine. */
class StreamAgent extends Agent {
  readonly #open: () => Duplex;

  constructor(open: () => Duplex) {
    super();
    this.#open = open;
  }

  override createConnection(): Duplex {
    return this.#open();
  }
}

/**
 * The client library fills what is left out from DOCKER_HOST, so that nothing is left out; and it reads the certificates of
 * DOCKER_CERT_PATH, also where they are not asked for, so that it must not see either.
 */
function newClient(options: object): Docker {
  const told = env['DOCKER_HOST'];
  delete env['DOCKER_HOST'];
  try {
    return new Docker({ ...nothing, ...options });
  } finally {
    if (told !== undefined) {
      env['DOCKER_HOST'] = told;
    }
  }
}

const nothing: object = {
  socketPath: undefined,
  host: undefined,
  port: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
};
