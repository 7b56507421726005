import type { ContainerMatch } from '../../core/containers/find-container.ts';
import type { ExecWay, ExecWays } from '../../core/containers/exec-ways.ts';
import { isUp } from '../../core/containers/find-container.ts';
import type { Container, Containers } from '../../core/model/container.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import { phrase, plain, type Phrase } from '../../core/model/phrase.ts';

/**
 * Why a name does not lead to the container that has it. `its own`: this machine reaches a server of that name, or nothing
 * says that the container is of the cluster. `stranger`: the cluster is on other networks, or in another project. `not
 * looked up`: it is not known now whether this machine resolves it.
 */
export type Hindrance = 'its own' | 'stranger' | 'not looked up';

interface Book {
  readonly asked: boolean;
  readonly network: string | undefined;
  readonly matches: ReadonlyMap<InstanceKey, ContainerMatch>;
  readonly led: ReadonlyMap<InstanceKey, Container>;
  readonly found: ReadonlyMap<InstanceKey, string>;
  readonly ways: Pick<ExecWays, 'at'>;
  readonly held: ReadonlyMap<InstanceKey, Hindrance>;
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
  if (match.kind === 'none') {
    return [];
  }
  const { container } = match;
  const held = heldNote(key, container.name, book.held.get(key));
  if (held !== undefined) {
    return [held];
  }
  return book.led.has(key) ? ledNotes(container, book.ways.at(book.found.get(key) ?? '')) : [];
}

function ledNotes(container: Container, way: ExecWay | undefined): readonly Phrase[] {
  if (container.error !== '' && !isUp(container)) {
    return [
      phrase('The container {name} does not start: {says}', {
        name: container.name,
        says: plain(container.error),
      }),
    ];
  }
  return isUp(container) && way !== undefined
    ? [
        phrase(
          '{name} is reached through a command in its container: its port is not published, and this machine does not reach its network. Publish the port to do without.',
          { name: container.name },
        ),
      ]
    : [];
}

function heldNote(
  key: InstanceKey,
  container: string,
  hindrance: Hindrance | undefined,
): Phrase | undefined {
  const names = { name: key, container };
  if (hindrance === 'stranger') {
    return phrase(
      '{name} is not looked for in the container {container}: nothing says that it is of this cluster, whose containers are, or were, on another network or in another project. If it is meant, say its network in docker.network, or where it is in addresses.',
      names,
    );
  }
  return hindrance === 'not looked up'
    ? phrase(
        '{name} is not looked for in the container {container}: it is not known whether this machine finds a server of that name by itself, as names cannot be looked up now. If the container is meant, say its network in docker.network, or where it is in addresses.',
        names,
      )
    : undefined;
}
