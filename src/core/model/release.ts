import type { Release } from './instance.ts';

/** Whether a release is this one or newer. */
export function reaches(release: Release, first: Release): boolean {
  const at = release.findIndex((it, index) => it !== first[index]);
  return at === -1 || (release[at] ?? 0) > (first[at] ?? 0);
}
