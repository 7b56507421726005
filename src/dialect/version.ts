import type { Flavor, Release } from '../core/model/instance.ts';
import { UnexpectedAnswer } from './answer.ts';

export interface Version {
  readonly flavor: Flavor;
  readonly release: Release;
}

/**
 * Tells the flavor and release from `@@version` and `@@version_comment`. The flavor comes from words,
 * never from numbers: MySQL 8, 9, 26 and MariaDB 10, 11, 12 overlap. Throws UnexpectedAnswer.
 */
export function readVersion(version: string, versionComment: string): Version {
  const flavor = /mariadb/i.test(`${version} ${versionComment}`) ? 'mariadb' : 'mysql';
  // MariaDB before 11 put 5.5.5- in front for old replicas, and some proxies still do.
  const own = flavor === 'mariadb' ? version.replace(/^5\.5\.5-(?=\d)/, '') : version;
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(own) ?? [];
  if (major === undefined || minor === undefined) {
    throw new UnexpectedAnswer('SELECT @@version', '@@version', `is "${version}"`);
  }
  return { flavor, release: [Number(major), Number(minor), Number(patch ?? 0)] };
}

export function compareReleases(a: Release, b: Release): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
