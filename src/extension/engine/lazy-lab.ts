import { readFile } from 'node:fs/promises';
import type { createLab } from '../../wiring/engine.ts';
import { oneOf } from './json-parts.ts';

type LabControl = ReturnType<typeof createLab>;
type Lab = NonNullable<Awaited<ReturnType<LabControl['status']>>>;

export type LabKind = Awaited<ReturnType<LabControl['ways']>>[number];

/** Undefined: as the lab that is there, or whichever way there is. */
export interface LabChoice {
  readonly kind: LabKind | undefined;
  /** Of the containers; empty: none in particular. */
  readonly image: string;
}

/** The lab as the editor knows it: the engine is loaded only when somebody asks. */
export class LazyLab {
  readonly #stateDir: string;
  #instances: ReadonlySet<string> = new Set();

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
  }

  /** Keys of the lab's instances, as last seen; empty when there is no lab. */
  get instances(): ReadonlySet<string> {
    return this.#instances;
  }

  /** Looks whether there is a lab, and what runs in it. */
  async look(): Promise<Lab | undefined> {
    const lab = await (await this.#control()).status();
    this.#instances = new Set(lab?.instances.map((it) => it.key));
    return lab;
  }

  /** In which ways a lab can be made here. */
  async ways(): Promise<readonly LabKind[]> {
    return (await this.#control()).ways();
  }

  async up(choice: LabChoice, tell: (line: string) => void, signal: AbortSignal): Promise<Lab> {
    const wish = { ...choice, flavor: undefined, replicas: 2 };
    const lab = await (await this.#control()).up(wish, tell, signal);
    this.#instances = new Set(lab.instances.map((it) => it.key));
    return lab;
  }

  async down(tell: (line: string) => void): Promise<void> {
    await (await this.#control()).down(tell);
    this.#instances = new Set();
  }

  async stop(instance: string): Promise<void> {
    await (await this.#control()).stop(instance);
  }

  async start(instance: string): Promise<void> {
    await (await this.#control()).start(instance);
  }

  async #control(): Promise<LabControl> {
    const { createLab } = await import('../../wiring/engine.ts');
    return createLab(this.#stateDir);
  }
}

/** The lab's own entry for `switchover.clusters`; its passwords stay in files of the lab. */
export async function clusterEntryOf(lab: Lab): Promise<Readonly<Record<string, unknown>>> {
  return oneOf(JSON.parse(await readFile(lab.settingsFile, 'utf8')), 'clusters');
}
