import { isIP } from 'node:net';
import {
  callsItself,
  findContainer,
  isMachine,
  isOnNetwork,
  isBesideAny,
  isUp,
  keyAmongContainers,
  serversAmong,
  type ContainerMatch,
} from '../../core/containers/find-container.ts';
import { routesTo } from '../../core/containers/route-to-container.ts';
import { isHostName } from '../../core/model/host-name.ts';
import type { Container } from '../../core/model/container.ts';
import { keyOf, type InstanceKey } from '../../core/model/instance.ts';
import { inEnglish, type Phrase } from '../../core/model/phrase.ts';
import type { AddressBook } from '../../core/ports.ts';
import { targetOf } from '../dial.ts';
import { keysLedTo } from '../fixed-addresses.ts';
import type { AddressOptions } from './address-options.ts';
import { bookNotes, type Hindrance } from './book-notes.ts';
import { HomeNetworks } from './home-networks.ts';

/**
 * How long after its start the first look at the engine is waited for, in milliseconds: where only a container can be
 * meant, and where it would only give a better name.
 */
const neededLookMs = 3_000;
const helpfulLookMs = 1_000;

/** Leads the names that servers use to their containers, where the settings do not lead them elsewhere. */
export class ContainerAddresses implements AddressBook {
  readonly #options: AddressOptions;
  readonly #found = new Map<InstanceKey, string>();
  /** Which container a name led to, or was recognised as. */
  readonly #matches = new Map<InstanceKey, ContainerMatch>();
  /** Names that were led away from what they say. */
  readonly #led = new Map<InstanceKey, Container>();
  /** Names that a container has, and that do not lead to it. */
  readonly #held = new Map<InstanceKey, Hindrance>();
  readonly #home = new HomeNetworks();
  readonly #logged = new Set<string>();
  readonly #tries = new Map<string, Promise<boolean>>();

  constructor(options: AddressOptions) {
    this.#options = options;
  }

  addressOf(key: InstanceKey): string {
    return this.#options.told[key] ?? this.#found.get(key) ?? key;
  }

  keysAt(address: string): readonly InstanceKey[] {
    const { told, ways } = this.#options;
    const way = ways.at(address);
    return [
      ...keysLedTo(address, [...Object.entries(told), ...this.#found]),
      ...(way === undefined ? [] : [keyOf(way.name, way.port)]),
    ];
  }

  async find(key: InstanceKey): Promise<string> {
    const { told } = this.#options;
    // Nobody is asked for what cannot be the name of a host.
    if (!isHostName(targetOf(key).host)) return told[key] ?? key;
    await this.#firstLook(key);
    const match = this.#matchOf(key);
    this.#matches.set(key, match);
    const address = told[key] ?? (await this.#addressFor(key, match));
    this.#found.set(key, address);
    return address;
  }

  peerNameOf(key: InstanceKey, hostname: string): InstanceKey | undefined {
    const match = this.#matches.get(key);
    // Whoever answers must be the container: something else may listen at its port.
    return match?.kind === 'one' && isUp(match.container) && callsItself(match.container, hostname)
      ? keyAmongContainers(match, this.#options.finder.containers.all, this.#options.network)
      : undefined;
  }

  containerOf(key: InstanceKey, hostname?: string): Container | undefined {
    const known = this.#matches.get(key);
    if (known?.kind === 'none' || known === undefined) {
      return undefined;
    }
    const match = this.#matchOf(key);
    if (match.kind !== 'one' || !this.#isMeant(key, match)) return undefined;
    // At the port of a container that does not run somebody else may listen.
    const isOther =
      match.by === 'published' && hostname !== undefined && !callsItself(match.container, hostname);
    return isOther ? undefined : match.container;
  }

  notes(): readonly Phrase[] {
    const { finder, asked, network } = this.#options;
    const notes = bookNotes(finder.containers, {
      asked,
      network,
      matches: this.#matches,
      led: this.#led,
      found: this.#found,
      ways: this.#options.ways,
      held: this.#held,
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
    const near = all.filter((it) =>
      asked && network !== undefined ? isOnNetwork(it, network) : this.#home.isBeside(it),
    );
    return serversAmong(near, all, network);
  }

  isBesideSeed(key: InstanceKey): boolean {
    const seeds = this.#options.seeds.map((it) => this.containerOf(it));
    return isBesideAny(this.#matches.get(key), this.containerOf(key), seeds);
  }

  onChange(listener: () => void): () => void {
    return this.#options.finder.onChange(listener);
  }

  /** What a name means among the cluster's own containers, else among all. Where the settings say the way, that tells. */
  #matchOf(key: InstanceKey): ContainerMatch {
    const { told, network, finder } = this.#options;
    const { all, remoteHost } = finder.containers;
    const way = told[key];
    if (way !== undefined) {
      const match = findContainer(way, { all, remoteHost }, network);
      return match.kind === 'one' && match.by === 'published' ? match : { kind: 'none' };
    }
    this.#settle();
    const own = all.filter((it) => this.#home.isBeside(it));
    const among = findContainer(key, { all: own, remoteHost }, network);
    return among.kind === 'none' || (among.kind === 'one' && among.by === 'published')
      ? findContainer(key, { all, remoteHost }, network)
      : among;
  }

  /** The seeds that are ports of containers tell where the cluster is at home. */
  #settle(): void {
    const { seeds, told, network, finder } = this.#options;
    for (const seed of seeds.filter((it) => told[it] === undefined)) {
      const match = findContainer(seed, finder.containers, network);
      const isPort = match.kind === 'one' && match.by === 'published';
      if (isPort && this.#home.mayReplace(seed, match.container)) {
        this.#home.add(seed, match.container);
      }
    }
  }

  async #addressFor(key: InstanceKey, match: ContainerMatch): Promise<string> {
    this.#held.delete(key);
    const before = this.#led.get(key);
    const gone = before === undefined ? key : this.#options.ways.into(before, targetOf(key).port);
    if (match.kind === 'none') {
      return gone;
    }
    if (match.kind === 'many' || match.by === 'published') {
      this.#led.delete(key);
      return key;
    }
    const hindrance = await this.#hindrance(key, match);
    if (hindrance === undefined) {
      this.#led.set(key, match.container);
      this.#home.add(key, match.container);
      return this.#routeTo(match.container, match.port);
    }
    this.#held.set(key, hindrance);
    if (hindrance === 'stranger') {
      return gone;
    }
    this.#led.delete(key);
    return key;
  }

  /** A name that this machine resolves waits for nobody. */
  async #firstLook(key: InstanceKey): Promise<void> {
    const { asked, finder, machine } = this.#options;
    if (finder.containers.looked) {
      return;
    }
    const { host } = targetOf(key);
    const isHere = isIP(host) !== 0 || host === 'localhost';
    if (asked || isHere) {
      await finder.looked(asked ? neededLookMs : helpfulLookMs);
    } else if ((await machine.resolves(host)) !== true) {
      await finder.looked(neededLookMs);
    }
  }

  /** A published port says itself where it leads; a name that was led says so. */
  #isMeant(
    key: InstanceKey,
    { by, container }: ContainerMatch & { readonly kind: 'one' },
  ): boolean {
    return (
      by === 'published' ||
      this.#led.get(key)?.id === container.id ||
      (this.#home.isBeside(container) && !this.#held.has(key))
    );
  }

  /**
   * Why a name is not led to a container; undefined: it is. Unless Docker was asked for, it must not lead anybody away from
   * a server that this machine finds by itself; and never from one cluster to another.
   */
  async #hindrance(
    key: InstanceKey,
    match: ContainerMatch & { readonly kind: 'one' },
  ): Promise<Hindrance | undefined> {
    const { asked, network } = this.#options;
    if (asked) {
      const isTold = network !== undefined;
      return isTold || this.#mayMean(key, match.container) ? undefined : 'stranger';
    }
    return match.by === 'address'
      ? this.#addressHindrance(key, match.container)
      : this.#nameHindrance(key, match.container);
  }

  #addressHindrance(key: InstanceKey, container: Container): Hindrance | undefined {
    if (!this.#mayMean(key, container)) {
      return this.#led.has(key) ? 'stranger' : 'its own';
    }
    return this.#home.isBeside(container) ? undefined : 'its own';
  }

  async #nameHindrance(key: InstanceKey, container: Container): Promise<Hindrance | undefined> {
    const resolves = await this.#resolves(key);
    if (resolves === true) {
      return 'its own';
    }
    if (!this.#mayMean(key, container)) {
      return 'stranger';
    }
    return resolves === undefined && !this.#home.isBeside(container) ? 'not looked up' : undefined;
  }

  /** Whether this machine finds a server of that name by itself; undefined when that is not known now. */
  async #resolves(key: InstanceKey): Promise<boolean | undefined> {
    return this.#options.reachedAsIs(key) || this.#options.machine.resolves(targetOf(key).host);
  }

  /** Whether it may be the server of that name, as far as the other containers of the cluster tell. */
  #mayMean(key: InstanceKey, container: Container): boolean {
    const { seeds, finder, ledBefore } = this.#options;
    // Its own containers may all be gone: then nothing tells a namesake from it.
    const isLost =
      this.#home.isEmpty &&
      ledBefore(key) &&
      seeds.some((it) => isMachine(targetOf(it).host, finder.containers.remoteHost));
    return !isLost && this.#home.mayJoin(key, container);
  }

  async #routeTo(container: Container, port: number): Promise<string> {
    const { finder, network } = this.#options;
    const routes = routesTo(container, port, finder.containers, network);
    for (const route of routes) {
      if (route.kind === 'published') return route.address;
      if (route.kind === 'inside' && (await this.#reaches(container, route))) return route.address;
    }
    return this.#options.ways.into(container, port);
  }

  /** Tried once for each start of a container: only a network of this machine leads to it, and not to somebody else's. */
  async #reaches(
    { id, startedAt }: Container,
    { address, gateway }: { readonly address: string; readonly gateway: string },
  ): Promise<boolean> {
    const { machine } = this.#options;
    if (!machine.owns(gateway)) return false;
    const name = `${id} ${startedAt} ${address}`;
    const tried = this.#tries.get(name) ?? machine.reaches(address);
    this.#tries.set(name, tried);
    return tried;
  }
}
