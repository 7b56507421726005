import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import type { Container } from '../../core/model/container.ts';
import { answerMs, engineOf, failureOf } from './container-actions.ts';
import type { ContainerFinder } from './container-finder.ts';
import { execFrames } from './exec-frames.ts';
import { bounded, type OpenDocker } from './open-docker.ts';

/** Lines have no length that an engine would bound. */
const mostBytes = 8_000_000;
const cutOff = '\n... The rest is left out: this is the first 8 MB of these lines.\n';

/** The last lines that a container wrote, the oldest first; 8 MB of them at most. Throws ReplicationError. */
export async function logOfContainer(
  finder: Pick<ContainerFinder, 'containers' | 'engine'>,
  { id, name }: Container,
  lines: number,
): Promise<string> {
  const engine = engineOf(finder);
  try {
    return await bounded(engine.found, answerMs, async (abortSignal) => {
      const answer = await logStream(engine, id, { lines, abortSignal });
      return textOf(await beginningOf(answer));
    });
  } catch (error) {
    throw failureOf(error, engine, name);
  }
}

/** The client library itself would collect the whole answer. */
function logStream(
  { docker }: OpenDocker,
  id: string,
  { lines, abortSignal }: { readonly lines: number; readonly abortSignal: AbortSignal },
): Promise<Readable> {
  const question = {
    path: `/containers/${encodeURIComponent(id)}/logs?`,
    method: 'GET',
    abortSignal,
    isStream: true,
    statusCodes: { 200: true },
    options: { stdout: true, stderr: true, tail: lines },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(question, (error: unknown, answer: unknown) => {
      if (answer instanceof Readable) resolve(answer);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

interface Beginning {
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

/** Reads no more of it than fits; leaving the loop ends the connection. */
async function beginningOf(answer: Readable): Promise<Beginning> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer) {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    const part = bytes.subarray(0, mostBytes - length);
    pieces.push(part);
    length += part.length;
    if (part.length < bytes.length) return { bytes: Buffer.concat(pieces), isCut: true };
  }
  return { bytes: Buffer.concat(pieces), isCut: false };
}

/** Without a terminal, output and complaints come in frames; with one, as they are. */
function textOf({ bytes, isCut }: Beginning): string {
  const end = isCut ? cutOff : '';
  const isFramed =
    bytes.length >= 8 && bytes.readUInt32BE(0) % 0x01000000 === 0 && (bytes[0] ?? 9) <= 2;
  if (!isFramed) {
    return `${bytes.toString()}${end}`;
  }
  const pieces: Buffer[] = [];
  const keep = (piece: Buffer): void => {
    pieces.push(piece);
  };
  execFrames({ output: keep, complaint: keep })(bytes);
  return `${Buffer.concat(pieces).toString()}${end}`;
}
