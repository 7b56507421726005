import { isIP } from 'node:net';
import {
  findContainer,
  isUp,
  keyAmongContainers,
  nameAmongContainers,
  shareNetwork,
  type ContainerMatch,
} from '../../core/containers/find-container.ts';
import { execAddress, routesTo } from '../../core/containers/route-to-container.ts';
import type { Container } from '../../core/model/container.ts';
import { keyOf, splitKey, type InstanceKey } from '../../core/model/instance.ts';
import { inEnglish, type Phrase } from '../../core/model/phrase.ts';
import type { AddressBook } from '../../core/ports.ts';
import type { ContainerFinder } from './container-finder.ts';
import { bookNotes } from './book-notes.ts';
import type { Machine } from './machine.ts';

export interface ContainerAddressesOptions {
  /** What the settings say, before anything else. */
  readonly told: Readonly<Record<InstanceKey, string>>;
  readonly seeds: readonly InstanceKey[];
  readonly finder: Pick<ContainerFinder, 'containers' | 'looked' | 'onChange'>;
  /**
   * `asked`: the settings ask for Docker, which then outweighs what this machine resolves. Else it only helps with what
   * nobody else can lead to.
   */
  readonly asked: boolean;
  readonly network: string | undefined;
  readonly machine: Machine;
  /** Whether an instance was once reached by its own name: then no container of the same name is it. */
  readonly reachedAsIs: (key: InstanceKey) => boolean;
  /** Each note once, in English. */
  readonly log: (says: string) => void;
}

/**
 * How long after its start the first look at the engine is waited for, in milliseconds: where only a container can be
 * meant, and where it would only give a better name.
 */
const neededLookMs = 3_000;
const helpfulLookMs = 1_000;

/** Leads the names that servers use to their containers, where the settings do not lead them elsewhere. */
export class ContainerAddresses implements AddressBook {
  readonly #options: ContainerAddressesOptions;
  readonly #found = new Map<InstanceKey, string>();
  /** Which container a name led to, or was recognised as. */
  readonly #matches = new Map<InstanceKey, ContainerMatch>();
  /** Names that were led away from what they say. */
  readonly #led = new Map<InstanceKey, Container>();
  readonly #logged = new Set<string>();
  readonly #tries = new Map<string, Promise<boolean>>();

  constructor(options: ContainerAddressesOptions) {
    this.#options = options;
  }

  addressOf(key: InstanceKey): string {
    return this.#options.told[key] ?? this.#found.get(key) ?? key;
  }

  async find(key: InstanceKey): Promise<string> {
    const { told, finder } = this.#options;
    await this.#firstLook(key);
    const match = findContainer(key, finder.containers, this.#options.network);
    this.#matches.set(key, match);
    const address = told[key] ?? (await this.#addressFor(key, match));
    this.#found.set(key, address);
    return address;
  }

  peerNameOf(key: InstanceKey, hostname: string): InstanceKey | undefined {
    const match = this.#matches.get(key);
    // Whoever answers must be the container: something else may listen at its port.
    return match?.kind === 'one' && isUp(match.container) && match.container.hostname === hostname
      ? keyAmongContainers(match, this.#options.finder.containers.all, this.#options.network)
      : undefined;
  }

  containerOf(key: InstanceKey): Container | undefined {
    const { finder, network } = this.#options;
    const known = this.#matches.get(key);
    if (known?.kind === 'none' || known === undefined) {
      return undefined;
    }
    const match = findContainer(key, finder.containers, network);
    return match.kind === 'one' && this.#isMeant(key, match) ? match.container : undefined;
  }

  notes(): readonly Phrase[] {
    const { finder, asked, network } = this.#options;
    const notes = bookNotes(finder.containers, {
      asked,
      network,
      matches: this.#matches,
      led: this.#led,
      found: this.#found,
    });
    for (const says of notes.map(inEnglish).filter((it) => !this.#logged.has(it))) {
      this.#logged.add(says);
      this.#options.log(says);
    }
    return notes;
  }

  neighbours(): readonly InstanceKey[] {
    const { finder, asked, network } = this.#options;
    const { all } = finder.containers;
    return all
      .filter((it) => it.isServer && isUp(it) && it.networks.length > 0)
      .filter((it) => (asked && network !== undefined ? isOn(it, network) : this.#isAnchored(it)))
      .flatMap((container) => {
        const name = nameAmongContainers(container, all, network);
        return name === undefined ? [] : [keyOf(name, container.serverPort)];
      });
  }

  onChange(listener: () => void): () => void {
    return this.#options.finder.onChange(listener);
  }

  async #addressFor(key: InstanceKey, match: ContainerMatch): Promise<string> {
    if (match.kind === 'none') {
      const gone = this.#led.get(key);
      return gone === undefined ? key : execAddress(gone, splitKey(key).port);
    }
    if (match.kind === 'many' || match.by === 'published' || !(await this.#mayLead(key, match))) {
      this.#led.delete(key);
      return key;
    }
    this.#led.set(key, match.container);
    return this.#routeTo(match.container, match.port);
  }

  /** A name that this machine resolves waits for nobody. */
  async #firstLook(key: InstanceKey): Promise<void> {
    const { asked, finder, machine } = this.#options;
    if (finder.containers.looked) {
      return;
    }
    const { host } = splitKey(key);
    const isHere = isIP(host.replace(/^\[|\]$/g, '')) !== 0 || host === 'localhost';
    if (asked || isHere) {
      await finder.looked(asked ? neededLookMs : helpfulLookMs);
    } else if ((await machine.resolves(host)) !== true) {
      await finder.looked(neededLookMs);
    }
  }

  /** A published port says itself where it leads; a name that was led says so. */
  #isMeant(key: InstanceKey, match: ContainerMatch & { readonly kind: 'one' }): boolean {
    return match.by === 'published' || this.#led.has(key) || this.#isAnchored(match.container);
  }

  /** Unless Docker was asked for, it must not lead anybody away from a server that this machine finds by itself. */
  async #mayLead(
    key: InstanceKey,
    match: ContainerMatch & { readonly kind: 'one' },
  ): Promise<boolean> {
    const { asked, machine, reachedAsIs } = this.#options;
    if (asked) {
      return true;
    }
    if (match.by === 'address') {
      return this.#isAnchored(match.container);
    }
    return !reachedAsIs(key) && (await machine.resolves(splitKey(key).host)) === false;
  }

  /** Whether another name of this cluster is a container on the same network. */
  #isAnchored(container: Container): boolean {
    const published = this.#options.seeds
      .map((it) => this.#matches.get(it))
      .flatMap((it) => (it?.kind === 'one' && it.by === 'published' ? [it.container] : []))
      .filter(isUp);
    const anchors = [...published, ...this.#led.values()];
    return anchors.some((it) => it.id === container.id || shareNetwork(it, container));
  }

  async #routeTo(container: Container, port: number): Promise<string> {
    const { finder, network } = this.#options;
    const routes = routesTo(container, port, finder.containers, network);
    for (const route of routes) {
      if (route.kind !== 'inside' || (await this.#reaches(container, route))) {
        return route.address;
      }
    }
    return execAddress(container, port);
  }

  /** Tried once for each start of a container: only a network of this machine leads to it, and not to somebody else's. */
  async #reaches(
    { id, startedAt }: Container,
    { address, gateway }: { readonly address: string; readonly gateway: string },
  ): Promise<boolean> {
    const { machine } = this.#options;
    if (!machine.owns(gateway)) {
      return false;
    }
    const name = `${id} ${startedAt} ${address}`;
    const tried = this.#tries.get(name) ?? machine.reaches(address);
    this.#tries.set(name, tried);
    return tried;
  }
}

function isOn({ networks }: Container, network: string): boolean {
  return networks.some((it) => it.name === network);
}
