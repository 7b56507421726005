import type { ContainerMatch } from '../../core/containers/find-container.ts';
import { execPrefix } from '../../core/containers/route-to-container.ts';
import { isUp } from '../../core/containers/find-container.ts';
import type { Container, Containers } from '../../core/model/container.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import { phrase, plain, type Phrase } from '../../core/model/phrase.ts';

interface Book {
  readonly asked: boolean;
  readonly network: string | undefined;
  readonly matches: ReadonlyMap<InstanceKey, ContainerMatch>;
  readonly led: ReadonlyMap<InstanceKey, Container>;
  readonly found: ReadonlyMap<InstanceKey, string>;
}

/** What a person should know of the containers of a cluster; one sentence each, nothing where all is well. */
export function bookNotes(containers: Containers, book: Book): readonly Phrase[] {
  return [
    ...engineNotes(containers, book),
    ...[...book.matches].flatMap(([key, match]) => matchNotes(key, match, book)),
  ];
}

function engineNotes(
  { problem, all }: Containers,
  { asked, network, led }: Book,
): readonly Phrase[] {
  if (problem !== null && led.size > 0) {
    return [phrase('{problem} The last known addresses are used.', { problem })];
  }
  if (!asked) {
    return [];
  }
  if (problem !== null) {
    return [problem];
  }
  const isEmpty =
    network !== undefined && !all.some((it) => it.networks.some((one) => one.name === network));
  return isEmpty && network !== undefined
    ? [
        phrase(
          'No container is on the network {network} of docker.network; see "docker network ls".',
          {
            network,
          },
        ),
      ]
    : [];
}

function matchNotes(key: InstanceKey, match: ContainerMatch, book: Book): readonly Phrase[] {
  if (match.kind === 'many') {
    const list = match.containers.map((it) => it.name).join(', ');
    return [
      phrase(
        '{name} may be any of the containers {list}, so none is taken. Say which network in docker.network, or where it is in addresses.',
        { name: key, list },
      ),
    ];
  }
  if (match.kind === 'none' || !book.led.has(key)) {
    return [];
  }
  const { container } = match;
  if (container.error !== '' && !isUp(container)) {
    return [
      phrase('The container {name} does not start: {says}', {
        name: container.name,
        says: plain(container.error),
      }),
    ];
  }
  return isUp(container) && book.found.get(key)?.startsWith(execPrefix) === true
    ? [
        phrase(
          '{name} is reached through a command in its container: its port is not published, and this machine does not reach its network. Publish the port to do without.',
          { name: container.name },
        ),
      ]
    : [];
}
