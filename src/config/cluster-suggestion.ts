import { splitKey } from '../core/model/instance.ts';
import type { Phrase } from '../core/model/phrase.ts';

/** Where a cluster may be found, as some file or engine tells it. */
export interface ClusterSuggestion {
  /** A few words: the service, or the file and its group. */
  readonly label: string;
  readonly detail: string;
  /** `host:port`, as we reach it, or as the containers of its network call it. */
  readonly seed: string;
  /** What servers call instances -> where we reach them. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The network of containers where its instances know each other by name; absent where there is none. */
  readonly network?: string;
  /** The compose project of its container; absent where there is none. */
  readonly project?: string;
  readonly user: string | null;
  /** Known to that file; to be used only when a person says so. */
  readonly password: string | null;
}

/** What some source suggests, and what could not be read of it: one sentence each, without any password. */
export interface Suggestions {
  readonly found: readonly ClusterSuggestion[];
  readonly problems: readonly Phrase[];
}

/** A name for a cluster that starts here and that no other cluster has: `db001:3306` -> `db001`, `db001-2`. */
export function suggestId(seed: string, taken: readonly string[]): string {
  const { host } = splitKey(seed);
  const isAddress = /:|^[\d.]+$/.test(host) || host === 'localhost';
  const first = (isAddress ? '' : (host.split('.')[0] ?? '')).replaceAll(/[^\p{L}\p{N}_-]/gu, '');
  const base = first === '' ? 'cluster' : first;
  const names = [base, ...taken.map((_, place) => `${base}-${String(place + 2)}`)];
  return names.find((it) => !taken.includes(it)) ?? base;
}
