import type { InstanceKey } from '../../core/model/instance.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { isHostName } from '../../core/model/host-name.ts';
import { targetOf } from '../dial.ts';

/**
 * By which names the certificate of a server may go: that of the instance, where the way leads elsewhere (a published port,
 * an address of the settings, a container), or that of the address itself. The one that was right last is tried first.
 */
export class ServerNames {
  readonly #keysAt: (address: string) => readonly InstanceKey[];
  readonly #right = new Map<string, string>();

  /** `keysAt`: the instances that were led to an address. */
  constructor(keysAt: (address: string) => readonly InstanceKey[] = () => []) {
    this.#keysAt = keysAt;
  }

  /** Opens with one name after the other until the certificate has it. A wrong one ends the attempt before a password is sent. */
  async try<Opened>(address: string, open: (name: string) => Promise<Opened>): Promise<Opened> {
    const names = this.#of(address);
    let wrong: unknown;
    for (const name of names) {
      try {
        const opened = await open(name);
        this.#right.set(address, name);
        return opened;
      } catch (error) {
        if (!isOtherName(error)) throw error;
        wrong ??= error;
      }
    }
    throw new ReplicationError(
      'tls-mismatch',
      phrase(
        "{address} shows a certificate without the name {names}. Give the server one that has it, or lead to the server by a name that the certificate has; 'verify': false of the tls setting gives up the check.",
        { address, names: names.join(', ') },
      ),
      { cause: wrong },
    );
  }

  /** Hosts without port and brackets, at least one. */
  #of(address: string): readonly string[] {
    const meant = this.#keysAt(address).map((it) => targetOf(it).host);
    // An address that stands for a way through the engine is no name.
    const own = targetOf(address).host;
    const names = [...new Set([...meant, ...(isHostName(own) ? [own] : [])])];
    const right = this.#right.get(address);
    return right === undefined || !names.includes(right)
      ? names
      : [right, ...names.filter((it) => it !== right)];
  }
}

/** The driver puts a code of its own on what Node says, and leaves the words. */
function isOtherName(error: unknown): boolean {
  return error instanceof ReplicationError && error.message.includes("certificate's altnames");
}
