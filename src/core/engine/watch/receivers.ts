import { answered, type InstanceKey } from '../../model/instance.ts';
import { memberOf, type Member, type Topology } from '../../model/topology.ts';
import type { StoppedReceiver } from '../../model/watch.ts';
import { turnReceiver, type ReplicationPorts } from './ask-replicas-about-master.ts';

/** Which receivers of this cluster stand because of us, for us and for whoever comes after us. */
export interface StopNotes {
  /** Also those of other processes. */
  readonly noted: () => readonly StoppedReceiver[];
  /** Replaces them all. */
  readonly note: (receivers: readonly StoppedReceiver[]) => void;
  /** This process, as its notes name it. */
  readonly actor: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Receivers that were stopped to ask, or after a question that nobody got through. A plan stops them too, but a receiver
 * that waits for a hung master takes up to two seconds to stop, and these seconds are saved by beginning early.
 */
export class CutReceivers {
  readonly #notes: StopNotes;
  #stopping: Promise<unknown> = Promise.resolve();

  constructor(notes: StopNotes) {
    this.#notes = notes;
  }

  /** Call it before they are stopped: we may be gone before they are started again. */
  note(members: readonly Member[]): void {
    const { actor: by, now } = this.#notes;
    const at = now();
    const ours = members.flatMap(({ key: instance, source }) =>
      source === null ? [] : [{ instance, source, at, by }],
    );
    this.#write((it) => !members.some(({ key }) => key === it.instance), ours);
  }

  /** They run again, or nobody needs to start them any more. */
  settle(instances: readonly InstanceKey[]): void {
    this.#write((it) => !instances.includes(it.instance));
  }

  /** Does not wait: the plan that follows does. */
  cut(members: readonly Member[], ports: () => ReplicationPorts, signal: AbortSignal): void {
    this.note(members);
    const { commander } = ports();
    const stopping = members.map((it) => turnReceiver(it, 'stop-receiver', { commander }, signal));
    this.#stopping = Promise.allSettled(stopping).finally(() => {
      commander.close();
    });
  }

  /**
   * Once the master is no longer suspected: whoever still reads from it, by name, reads again. `others`: also what other
   * processes noted, which are gone where the watch is ours.
   */
  async mend(
    topology: Topology,
    ports: () => ReplicationPorts,
    signal: AbortSignal,
    others = false,
  ): Promise<void> {
    const { actor } = this.#notes;
    const cut = this.#notes.noted().filter((it) => others || it.by === actor);
    if (cut.length === 0) {
      return;
    }
    // A stop that is still under way would else come after our start, and stay.
    await this.#stopping;
    const left = cut.flatMap((it) => {
      const now = memberOf(topology, it.instance);
      const isSame = memberOf(topology, it.source)?.key === now?.source;
      return now !== undefined && isSame && now.source === topology.master ? [now] : [];
    });
    const { commander } = ports();
    const started = await Promise.allSettled(
      left.map((it) => turnReceiver(it, 'start-receiver', { commander }, signal)),
    );
    commander.close();
    // Whoever could not be told is told in the next round.
    const again = left.filter(
      (it, place) => answered(it) === undefined || started[place]?.status === 'rejected',
    );
    this.settle(
      cut
        .map((it) => it.instance)
        .filter((it) => !again.some(({ key }) => key === memberOf(topology, it)?.key)),
    );
  }

  #write(
    keeps: (receiver: StoppedReceiver) => boolean,
    more: readonly StoppedReceiver[] = [],
  ): void {
    const before = this.#notes.noted();
    const after = [...before.filter(keeps), ...more];
    if (before.length > 0 || after.length > 0) {
      this.#notes.note(after);
    }
  }
}
