import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labLabel } from '../../src/adapters/lab/docker/docker-record.ts';
import { createLab } from '../../src/wiring/lab.ts';
import { actionsStory } from './actions-story.ts';
import { docker } from './containers.ts';
import { findingStory } from './finding-story.ts';
import { mariadbImage } from './image.ts';
import type { OwnEngine } from './own-engine.ts';
import { startPodman } from './podman.ts';

// A real Podman behind the socket that speaks as Docker's does.
let podman: OwnEngine;
beforeAll(async () => {
  podman = await startPodman();
});
afterAll(async () => {
  await podman?.end();
});

test('it is Podman that answers', async () => {
  expect(await docker('version', '--format', '{{json .Server.Components}}')).toContain('Podman');
});

findingStory();

describe('its containers', () => {
  actionsStory();
});

test('a lab comes up on it, and goes without a trace', async () => {
  const image = await mariadbImage();
  const stateDir = await realpath(await mkdtemp(join(tmpdir(), 'switchover-podman-lab-')));
  const lab = createLab(stateDir);
  try {
    const wish = { flavor: undefined, replicas: 1, kind: 'docker', image } as const;
    const made = await lab.up(wish, () => undefined, AbortSignal.timeout(60_000));
    expect(made.instances.map((it) => it.pid !== null)).toEqual([true, true]);
  } finally {
    await lab.down(() => undefined);
    await rm(stateDir, { recursive: true, force: true });
  }
  expect(await docker('ps', '--all', '--quiet', '--filter', `label=${labLabel}`)).toBe('');
});
