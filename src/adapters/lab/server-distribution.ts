import type { Flavor, Release } from '../../core/model/instance.ts';

/** Server programs on this machine, and how they are run. */
export interface ServerDistribution {
  readonly flavor: Flavor;
  /** As the program tells it, e.g. `10.11.19-MariaDB-0+deb12u1`. */
  readonly version: string;
  readonly release: Release;
  /** The program, before it whatever it must be run through (such as a dynamic loader of its own). */
  readonly command: readonly string[];
  /** What every option file of this distribution needs, such as `basedir`. */
  readonly options: OptionValues;
  readonly environment: Readonly<Record<string, string>>;
  /** How an empty data directory comes about. */
  readonly emptyData:
    | { readonly by: 'install-db'; readonly program: string }
    | { readonly by: 'server' }
    | { readonly by: 'copy'; readonly from: string };
}

/** Options of a server by name, without dashes; `loose-` before a name lets a server ignore what it does not know. */
export type OptionValues = Readonly<Record<string, string | number>>;

export function isAtLeast(release: Release, wanted: Release): boolean {
  const differing = wanted.findIndex((it, place) => it !== release[place]);
  return differing === -1 || (release[differing] ?? 0) > (wanted[differing] ?? 0);
}

/** Reads `... Ver 10.11.19-MariaDB for ...`; undefined when it is no server's answer. */
export function readVersion(
  answer: string,
): { readonly flavor: Flavor; readonly version: string; readonly release: Release } | undefined {
  const version = /\bVer ([0-9][^ ]*)/.exec(answer)?.[1];
  const numbers = /^(\d+)\.(\d+)\.(\d+)/.exec(version ?? '');
  if (version === undefined || numbers === null) {
    return undefined;
  }
  const release: Release = [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])];
  return { flavor: /mariadb/i.test(answer) ? 'mariadb' : 'mysql', version, release };
}
