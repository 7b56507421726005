import type { Container } from '../model/container.ts';
import type { InstanceKey } from '../model/instance.ts';
import { execAddress } from './route-to-container.ts';

/** A port inside a container, reached through the engine by a command that runs there. */
export interface ExecWay {
  readonly name: string;
  /** In full: another container may be given the name. */
  readonly id: string;
  readonly port: number;
}

/**
 * The ways through the engine that were found, by the address that stands for each. An address is only their name: what a
 * server calls itself or another one is never a way, however it is spelled.
 */
export class ExecWays {
  readonly #ways = new Map<InstanceKey, ExecWay>();

  /** Opens a way, and gives the address that stands for it. */
  into({ name, id }: Pick<Container, 'name' | 'id'>, port: number): string {
    const address = execAddress({ name, id }, port);
    this.#ways.set(address, { name, id, port });
    return address;
  }

  at(address: string): ExecWay | undefined {
    return this.#ways.get(address);
  }
}
