import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import * as z from 'zod';
import type { OpenDocker } from './open-docker.ts';

/** What may change where a server is found, or whether it runs. */
const filters: { type: ('container' | 'network')[]; event: string[] } = {
  type: ['container', 'network'],
  event: [
    'create',
    'start',
    'die',
    'stop',
    'cleanup',
    'pause',
    'unpause',
    'destroy',
    // Podman tells an end and a removal only to who asks for them by its own words.
    'died',
    'remove',
    'rename',
    'update',
    'connect',
    'disconnect',
  ],
};

const eventShape = z.object({
  Type: z.string().optional(),
  id: z.string().optional(),
  Actor: z
    .object({ ID: z.string().optional(), Attributes: z.record(z.string(), z.string()).nullish() })
    .optional(),
});

export interface ContainerEvents {
  /** Settles when the engine has begun to tell; some do so only with the first event. Rejects with what the client library throws. */
  readonly begun: Promise<unknown>;
  /** The ids of the containers that something happened to, until the engine or the signal ends it. */
  readonly ids: AsyncIterable<string>;
}

export function followEvents({ docker }: OpenDocker, end: AbortSignal): ContainerEvents {
  const begun = docker.getEvents({ filters, abortSignal: end });
  // Whoever reads the ids is told.
  begun.catch(() => undefined);
  return { begun, ids: idsOf(begun, end) };
}

async function* idsOf(
  begun: Promise<NodeJS.ReadableStream>,
  end: AbortSignal,
): AsyncIterable<string> {
  const readable = Readable.from(await begun);
  // Its end is told to whoever reads it; without a listener an error would end the process.
  readable.on('error', () => undefined);
  end.addEventListener('abort', () => {
    readable.destroy();
  });
  yield* idsIn(readable);
}

async function* idsIn(readable: Readable): AsyncIterable<string> {
  for await (const line of createInterface({ input: readable })) {
    const id = containerIn(line);
    if (id !== undefined) {
      yield id;
    }
  }
}

/** Which container a line of the event stream is about; undefined when it is about none. */
export function containerIn(line: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = eventShape.safeParse(json);
  if (!parsed.success) {
    return undefined;
  }
  const { Type, id, Actor } = parsed.data;
  return Type === 'network' ? Actor?.Attributes?.['container'] : (Actor?.ID ?? id);
}
