import type { Containers } from '../core/model/container.ts';
import { splitKey, keyOf, type InstanceKey } from '../core/model/instance.ts';
import { isLoopback, readRange } from '../core/model/ip-range.ts';
import { publishedNames } from './container-suggestions.ts';

interface SuggestionGround {
  readonly seeds: readonly InstanceKey[];
  readonly containers: Containers;
}

/**
 * Where an instance may be reached whose host name does not resolve here: at the port that a container of this name
 * publishes, in the domain of a seed, or at the host of a seed that is an address itself. Else its own name.
 */
export function suggestAddress(
  key: InstanceKey,
  { seeds, containers }: SuggestionGround,
): InstanceKey {
  const { host, port } = splitKey(key);
  return (
    publishedNames(containers)[key.toLowerCase()] ??
    seeds.map((it) => besideSeed(host, port, splitKey(it).host)).find((it) => it !== undefined) ??
    key
  );
}

function besideSeed(host: string, port: number, seed: string): InstanceKey | undefined {
  if (isLoopback(seed) || readRange(seed) !== undefined) return keyOf(seed, port);
  const dot = seed.indexOf('.');
  return dot > 0 && !host.includes('.') ? keyOf(`${host}${seed.slice(dot)}`, port) : undefined;
}
