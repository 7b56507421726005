import type { Phrase } from './phrase.ts';

/** A container as its engine (Docker, or Podman's compatible socket) tells of it. */
export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  /** How it ended last; null while it has not ended, or was never started. */
  readonly exitCode: number | null;
  /** What the engine said when it could not be started; empty when all is well. */
  readonly error: string;
  /** As the engine spells it; changes with every start. */
  readonly startedAt: string;
  /** The compose project and service; null for a container that was made otherwise. */
  readonly project: string | null;
  readonly service: string | null;
  /** What it calls itself inside; its short id unless it was told. */
  readonly hostname: string;
  readonly networks: readonly ContainerNetwork[];
  /** It shares the network of the machine it runs on. */
  readonly onHostNetwork: boolean;
  readonly published: readonly PublishedPort[];
  /** It runs MySQL or MariaDB, as far as its image, command, ports and environment tell. */
  readonly isServer: boolean;
  /** Where its server listens inside. */
  readonly serverPort: number;
}

export type ContainerState =
  'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ContainerNetwork {
  readonly name: string;
  /** By which other containers on this network find it, besides its name; without its short id. */
  readonly aliases: readonly string[];
  /** IPv4, or IPv6 where there is no other; null while it does not run. */
  readonly address: string | null;
  /** The network's own address on the machine that runs it; null where it has none. */
  readonly gateway: string | null;
}

export interface PublishedPort {
  readonly inner: number;
  /** Where the machine listens, e.g. `0.0.0.0`, `::` or `127.0.0.1`. */
  readonly hostAddress: string;
  readonly hostPort: number;
}

/** What an engine has, at one moment; never changed after it was taken. */
export interface Containers {
  /** By name. Where there is a problem: the last known ones. */
  readonly all: readonly Container[];
  /** Why they are not fresh, or not known at all; one sentence. */
  readonly problem: Phrase | null;
  /** The engine was looked at once, with or without success. */
  readonly looked: boolean;
  /** The machine that the engine runs on, where it is another one; published ports are found there. */
  readonly remoteHost: string | null;
}

export const noContainers: Containers = {
  all: [],
  problem: null,
  looked: false,
  remoteHost: null,
};
