import type { InstanceKey, Probe } from '../model/instance.ts';

/** One instance asked under one name. */
export interface Sighting {
  readonly name: InstanceKey;
  readonly address: string;
  readonly probe: Probe;
}
