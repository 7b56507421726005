import type { InstanceKey, Probe } from '../model/instance.ts';

/** One instance asked under one name. */
export interface Sighting {
  readonly name: InstanceKey;
  readonly address: string;
  /** How the other servers call it, where `name` is of no use to them. */
  readonly peerName?: InstanceKey | undefined;
  /** The name that it reports as its own, where that leads to the same address; option files are copied. */
  readonly reportedName?: InstanceKey | undefined;
  readonly probe: Probe;
}
