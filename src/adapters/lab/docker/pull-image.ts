import type Docker from 'dockerode';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { phrase, plain } from '../../../core/model/phrase.ts';
import { ReplicationError } from '../../../core/model/replication-error.ts';
import { refusalOf } from '../../docker/engine-refusal.ts';

/** One line of what the engine tells while it pulls. */
const progressShape = z.object({
  id: z.string().optional(),
  /** Such as `Downloading`, `Download complete`, `Extracting`. */
  status: z.string().optional(),
  error: z.string().optional(),
  progressDetail: z
    .object({ current: z.number().optional(), total: z.number().optional() })
    .optional(),
});

const tellEveryMs = 1_000;
const million = 1_000_000;

/**
 * Brings an image here, and tells about once a second how far it is. Throws ReplicationError with what the engine said and
 * what to do where no registry has it or can be reached. Leaves off when `signal` says so.
 */
export async function pullImage(
  docker: Docker,
  image: string,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  tell(`Pulling ${image}`);
  try {
    const stream: unknown = await docker.pull(image, { abortSignal: signal });
    await readToEnd(stream, image, tell, signal);
  } catch (error) {
    signal.throwIfAborted();
    const says = refusalOf(error)?.says ?? (error instanceof Error ? error.message : String(error));
    throw new ReplicationError(
      'statement-failed',
      phrase(
        'The image {image} is not on this machine and cannot be pulled: {says}. Load it ("docker pull {image}", or "docker load"), or name another in the setting switchover.labImage.',
        { image, says: plain(says.replace(/\.$/, '')) },
      ),
    );
  }
}

/** The stream of progress is lines of JSON; an error comes as a line too. */
async function readToEnd(
  stream: unknown,
  image: string,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (!isReadable(stream)) throw new Error('the engine gave no answer that can be read');
  const layers = new Map<string, { readonly current: number; readonly total: number }>();
  const leaveOff = (): void => {
    stream.destroy();
  };
  signal.addEventListener('abort', leaveOff);
  const talk = new AbortController();
  void tellProgress(layers, image, tell, talk.signal);
  try {
    let rest = '';
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.filter((it) => it.trim() !== '')) note(line, layers);
    }
    if (rest.trim() !== '') note(rest, layers);
  } finally {
    talk.abort();
    signal.removeEventListener('abort', leaveOff);
  }
  signal.throwIfAborted();
}

interface Stream extends AsyncIterable<unknown> {
  destroy(): void;
}

function isReadable(stream: unknown): stream is Stream {
  return (
    typeof stream === 'object' &&
    stream !== null &&
    Symbol.asyncIterator in stream &&
    'destroy' in stream
  );
}

function note(
  line: string,
  layers: Map<string, { readonly current: number; readonly total: number }>,
): void {
  const told = progressShape.parse(JSON.parse(line));
  if (told.error !== undefined) throw new Error(told.error);
  const { id, status = '' } = told;
  // While it is unpacked, a layer counts from nothing again.
  if (id === undefined || /^extract/i.test(status)) return;
  const { current, total } = { ...layers.get(id), ...told.progressDetail };
  if (current === undefined || total === undefined) return;
  // The last number before this one is mostly a little short.
  layers.set(id, { current: /complete$/i.test(status) ? total : current, total });
}

async function tellProgress(
  layers: ReadonlyMap<string, { readonly current: number; readonly total: number }>,
  image: string,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let told = '';
  while (!signal.aborted) {
    const sum = (of: 'current' | 'total'): string =>
      String(Math.round([...layers.values()].reduce((all, it) => all + it[of], 0) / million));
    const line = `Pulling ${image}: ${sum('current')} of ${sum('total')} MB`;
    if (layers.size > 0 && line !== told) tell(line);
    told = line;
    await sleep(tellEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
