import type { TestMember } from './test-member.ts';

/** A way to one server that a test puts between it and whoever watches it. */
export interface Way {
  /** Where it is entered: `127.0.0.1:PORT`. */
  readonly address: string;
  close(): Promise<void>;
}

/** False: none. Else opens one to a server on this port. */
export type WayWish = false | ((port: number) => Promise<Way>);

/** By the key of the member. */
export async function waysTo(
  members: readonly TestMember[],
  open: WayWish,
): Promise<ReadonlyMap<string, Way>> {
  if (open === false) return new Map();
  return new Map(
    await Promise.all(members.map(async (it) => [it.key, await open(it.port)] as const)),
  );
}
