import type { ExecWays } from '../../core/containers/exec-ways.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import type { ContainerFinder } from './container-finder.ts';
import type { Machine } from './machine.ts';

export interface AddressOptions {
  /** What the settings say, before anything else. */
  readonly told: Readonly<Record<InstanceKey, string>>;
  readonly seeds: readonly InstanceKey[];
  readonly finder: Pick<ContainerFinder, 'containers' | 'looked' | 'onChange'>;
  /** Where ways through the engine are opened. */
  readonly ways: ExecWays;
  /**
   * `asked`: the settings ask for Docker, which then outweighs what this machine resolves. Else it only helps with what
   * nobody else can lead to.
   */
  readonly asked: boolean;
  readonly network: string | undefined;
  readonly machine: Machine;
  /** Whether an instance was once reached by its own name: then no container of the same name is it. */
  readonly reachedAsIs: (key: InstanceKey) => boolean;
  /** Whether an instance was once reached elsewhere than its name says, before this book was opened. */
  readonly ledBefore: (key: InstanceKey) => boolean;
  /** Each note once, in English. */
  readonly log: (says: string) => void;
}
