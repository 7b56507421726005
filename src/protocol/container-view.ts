import type { ClusterState } from '../core/backend.ts';
import type { Container } from '../core/model/container.ts';
import { answered } from '../core/model/instance.ts';
import { phrase, type Phrase } from '../core/model/phrase.ts';
import type { Member } from '../core/model/topology.ts';
import type { ClusterView } from './panel-state.ts';
import { spell, type Localizer } from './localizer.ts';

/** `stopped`: it has no processes, whatever the reason. */
export type ContainerActivity = 'running' | 'paused' | 'stopped';

/** The container of an instance. One that does not run is not where an answer came from. */
export function containerOfMember(
  member: Member,
  containers: ClusterState['containers'],
): Container | undefined {
  const container = containers?.get(member.key);
  const speaks = answered(member) !== undefined;
  return container === undefined || (speaks && activityOf(container) === 'stopped')
    ? undefined
    : container;
}

export function activityOf({ state }: Container): ContainerActivity {
  if (state === 'paused') {
    return 'paused';
  }
  return state === 'running' || state === 'restarting' ? 'running' : 'stopped';
}

/** A few words, e.g. `container exited (137)`. */
export function containerWord({ state, exitCode }: Container): Phrase {
  switch (state) {
    case 'created':
      return phrase('container not started');
    case 'running':
      return phrase('container running');
    case 'paused':
      return phrase('container paused');
    case 'restarting':
      return phrase('container restarting');
    case 'removing':
      return phrase('container being removed');
    case 'exited':
    case 'dead':
      return exitCode === null
        ? phrase('container exited')
        : phrase('container exited ({code})', { code: exitCode });
    default:
      return state satisfies never;
  }
}

/** What a tooltip tells of it, line by line. */
export function containerLines(container: Container, words: Localizer): readonly string[] {
  const { name, image, project, service } = container;
  const ports = portsOf(container);
  const lines: readonly (Phrase | null)[] = [
    phrase('Container: {name} · {state}', { name, state: containerWord(container) }),
    phrase('Image: {image}', { image }),
    ports === '' ? null : phrase('Ports: {ports}', { ports }),
    project === null
      ? null
      : phrase('Compose project: {project}', {
          project: service === null ? project : `${project} · ${service}`,
        }),
    container.error === '' ? null : phrase('Did not start: {says}', { says: container.error }),
  ];
  return lines.filter((it) => it !== null).map((it) => spell(it, words));
}

/** `127.0.0.1:13311→3306`. */
function portsOf({ published }: Container): string {
  const each = published.map((it) => {
    const host = it.hostAddress.includes(':') ? `[${it.hostAddress}]` : it.hostAddress;
    return `${host === '' ? '*' : host}:${String(it.hostPort)}→${String(it.inner)}`;
  });
  return [...new Set(each)].join(', ');
}

/** The compose projects of a cluster and who is in them, one line each. */
export function projectLines(
  { topology, containers }: Pick<ClusterState, 'topology' | 'containers'>,
  words: Localizer,
): readonly string[] {
  const members = topology.members.flatMap((member) => {
    const project = containerOfMember(member, containers)?.project ?? null;
    return project === null ? [] : [{ key: member.key, project }];
  });
  const projects = [...new Set(members.map((it) => it.project))];
  return projects.map((project) => {
    const own = members.filter((it) => it.project === project).map((it) => it.key);
    return spell(
      phrase('Compose project {project}: {list}', { project, list: own.join(', ') }),
      words,
    );
  });
}

/** The compose project of all instances whose containers are known; null where they have none, or several. */
export function soleProject({ cards }: ClusterView): string | null {
  const all = cards.flatMap(({ container }) => (container === undefined ? [] : container.project));
  const [project = null] = all;
  return all.every((it) => it === project) ? project : null;
}
