import * as z from 'zod';
import type { Container } from '../../core/model/container.ts';
import { refusalOf, saysItIsGone } from './engine-refusal.ts';
import { readContainer } from './inspect-shape.ts';
import { bounded, type OpenDocker } from './open-docker.ts';

/** How long an engine may take for one answer, in milliseconds. */
const answerMs = 5_000;
/** How many are asked for at once. */
const atOnce = 8;

const listShape = z.array(z.object({ Id: z.string() }));

/** All containers, also stopped ones, by name. One that cannot be read is told of and left out. Throws what the client library throws. */
export async function listContainers(
  opened: OpenDocker,
  unreadable: (says: string) => void,
): Promise<readonly Container[]> {
  const answer = await bounded(opened.found, answerMs, (signal) =>
    opened.docker.listContainers({ all: true, abortSignal: signal }),
  );
  const ids = listShape.parse(answer).map((it) => it.Id);
  const found: Container[] = [];
  for (let begin = 0; begin < ids.length; begin += atOnce) {
    const some = ids.slice(begin, begin + atOnce);
    const seen = await Promise.all(some.map((id) => lookAt(opened, id, unreadable)));
    found.push(...seen.filter((it) => it !== undefined));
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** One container; undefined when it is gone or cannot be read. Throws what the client library throws. */
export async function lookAt(
  { docker, found }: OpenDocker,
  id: string,
  unreadable: (says: string) => void,
): Promise<Container | undefined> {
  let answer: unknown;
  try {
    answer = await bounded(found, answerMs, (signal) =>
      docker.getContainer(id).inspect({ abortSignal: signal }),
    );
  } catch (error) {
    if (saysItIsGone(refusalOf(error))) {
      return undefined;
    }
    throw error;
  }
  try {
    return readContainer(answer);
  } catch (error) {
    unreadable(`${id.slice(0, 12)}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
