import type { Server } from './instance.ts';
import { lacks } from './position.ts';
import { executedOf, hasUnapplied, knownOf } from './server-position.ts';

/** What an instance received and did not apply, as ranges: by GTID where that tells, else by file and offset. */
export function unappliedOf(server: Server): readonly string[] {
  if (!hasUnapplied(server)) {
    return [];
  }
  const executed = executedOf(server);
  const known = knownOf(server);
  const ranges =
    server.gtid.kind === 'off' || executed === null || known === null ? [] : lacks(executed, known);
  return ranges.length > 0
    ? ranges
    : server.channels.map(
        ({ applied, received }) =>
          `${applied.file}:${String(applied.offset)}..${received.file}:${String(received.offset)}`,
      );
}
