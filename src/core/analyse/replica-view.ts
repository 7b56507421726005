import type { Channel, Server } from '../model/instance.ts';
import type { Policy } from '../model/policy.ts';
import type { Member } from '../model/topology.ts';

/** One instance that reads from another. */
export interface ReplicaView {
  readonly member: Member;
  readonly server: Server | undefined;
  readonly channel: Channel | undefined;
  /** Its source's answer of this round. */
  readonly source: Server | undefined;
  readonly policy: Policy;
}
