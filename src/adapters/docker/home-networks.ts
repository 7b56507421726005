import { namedNetworksOf } from '../../core/containers/find-container.ts';
import type { Container } from '../../core/model/container.ts';
import type { InstanceKey } from '../../core/model/instance.ts';

/**
 * Where the containers of one cluster are at home, also those that are gone by now: another compose project may have
 * containers of the same names, and those are strangers.
 */
export class HomeNetworks {
  readonly #members = new Map<InstanceKey, Container>();
  readonly #networks = new Set<string>();
  readonly #ids = new Set<string>();

  get isEmpty(): boolean {
    return this.#ids.size === 0;
  }

  /** `key` means this container. */
  add(key: InstanceKey, container: Container): void {
    this.#members.set(key, container);
    this.#ids.add(container.id);
    namedNetworksOf(container).forEach((it) => this.#networks.add(it));
  }

  /** Whether it is one of them, or on a network with one of them. */
  isBeside(container: Container): boolean {
    return (
      this.#ids.has(container.id) || namedNetworksOf(container).some((it) => this.#networks.has(it))
    );
  }

  /** Whether `key` may mean it, as far as the networks tell. Whoever was first is at home. */
  mayJoin(key: InstanceKey, container: Container): boolean {
    if (!this.mayReplace(key, container)) {
      return false;
    }
    // Where names do not resolve only the names of containers lead to them, which no two have.
    const isNowhere = this.#networks.size === 0 && namedNetworksOf(container).length === 0;
    return this.isEmpty || this.isBeside(container) || isNowhere;
  }

  /** Whether `key` meant no other container before; one that was made anew is in the same project, and on a network of it. */
  mayReplace(key: InstanceKey, container: Container): boolean {
    const before = this.#members.get(key);
    if (before === undefined || before.id === container.id) {
      return true;
    }
    const networks = namedNetworksOf(before);
    const now = namedNetworksOf(container);
    const isSamePlace =
      networks.length === 0 ? now.length === 0 : now.some((it) => networks.includes(it));
    return isSamePlace && before.project === container.project;
  }
}
