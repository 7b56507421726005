import { answered } from '../model/instance.ts';
import { memberOf, type Member, type Topology } from '../model/topology.ts';
import { turnReceiver, type Instruments } from './active-question.ts';

/**
 * Receivers that were stopped after a question that nobody got through. A plan stops them too, but a receiver that
 * waits for a hung master takes up to two seconds to stop, and these seconds are saved by beginning early.
 */
export class CutReceivers {
  #members: readonly Member[] = [];
  #stopping: Promise<unknown> = Promise.resolve();

  /** Does not wait: the plan that follows does. */
  cut(members: readonly Member[], hands: () => Instruments, signal: AbortSignal): void {
    this.#members = members;
    const { commander } = hands();
    const stopping = members.map((it) => turnReceiver(it, 'stop-receiver', { commander }, signal));
    this.#stopping = Promise.allSettled(stopping).finally(() => {
      commander.close();
    });
  }

  /** Once the master is no longer suspected: whoever still reads from it, by name, reads again. */
  async mend(topology: Topology, hands: () => Instruments, signal: AbortSignal): Promise<void> {
    const cut = this.#members;
    if (cut.length === 0) {
      return;
    }
    // A stop that is still under way would else come after our start, and stay.
    await this.#stopping;
    const left = cut
      .map((it) => ({ before: it, now: memberOf(topology, it.key) }))
      .flatMap(({ before, now }) =>
        now?.source === before.source && now.source === topology.master ? [now] : [],
      );
    const { commander } = hands();
    const started = await Promise.allSettled(
      left.map((it) => turnReceiver(it, 'start-receiver', { commander }, signal)),
    );
    commander.close();
    // Whoever could not be told is told in the next round.
    this.#members = left.filter(
      (it, place) => answered(it) === undefined || started[place]?.status === 'rejected',
    );
  }
}
