import type { Learnt } from './twin.ts';

/** Who a server is: of a twin, or of one that is simulated after it. */
export interface Person {
  readonly port: number;
  readonly serverId: number;
  /** Undefined on MariaDB. */
  readonly uuid: string | undefined;
}

export interface Likeness {
  readonly twins: { readonly master: Person; readonly replica: Person };
  readonly master: Person;
  readonly replicas: readonly Person[];
  /** Undefined: it is the master who speaks. */
  readonly self: Person | undefined;
  /** So many transactions were written since the twins were asked. */
  readonly tick: number;
}

/** What the twin said, as this server says it now: with its own name, its own cluster, and positions that move. */
export function inLikeness(answer: Learnt, likeness: Likeness): Learnt {
  if (answer.kind !== 'rows') return answer;
  const { twins, replicas, self } = likeness;
  const names = answer.columns.map(({ name }) => name);
  const rows = answer.rows.flatMap((row) => {
    const isOfReplica = self === undefined && namesPerson(row, names, twins.replica);
    const speakers = isOfReplica ? replicas : [self ?? twins.replica];
    return speakers.map((speaker) =>
      row.map((cell, place) =>
        cell === null
          ? null
          : cellFor(cell, names[place] ?? '', row, { ...likeness, self: speaker }),
      ),
    );
  });
  return { ...answer, rows };
}

/** A row of the list of replicas, or a thread that sends them the binary log. */
function namesPerson(
  row: readonly (string | null)[],
  names: readonly string[],
  { port, serverId }: Person,
): boolean {
  const at = (name: string): string | null | undefined =>
    row[names.findIndex((it) => it.toLowerCase() === name)];
  return (
    (at('server_id') === String(serverId) && at('port') === String(port)) ||
    (at('command') ?? '').startsWith('Binlog Dump')
  );
}

function cellFor(
  cell: string,
  column: string,
  row: readonly (string | null)[],
  { twins, master, self = master, tick }: Likeness,
): string {
  if (cell === String(twins.master.port)) return String(master.port);
  if (cell === String(twins.replica.port)) return String(self.port);
  if (cell === String(twins.master.serverId)) return String(master.serverId);
  if (cell === String(twins.replica.serverId)) return String(self.serverId);
  if (/Log_Pos$|^Position$/.test(column)) return String(Number(cell) + tick * 100);
  if (row[0] === 'Uptime') return /^\d+$/.test(cell) ? String(Number(cell) + tick) : cell;
  return withGtids(cell, { twins, master, self, tick });
}

function withGtids(
  cell: string,
  { twins, master, self, tick }: Pick<Likeness, 'twins' | 'master' | 'tick'> & { self: Person },
): string {
  const mariadb = new RegExp(`\\b0-${String(twins.master.serverId)}-(\\d+)`, 'g');
  const moved = cell.replaceAll(
    mariadb,
    (_, number: string) => `0-${String(master.serverId)}-${String(Number(number) + tick)}`,
  );
  const { uuid } = twins.master;
  if (uuid === undefined || twins.replica.uuid === undefined) return moved;
  return moved
    .replaceAll(
      new RegExp(`${uuid}:1-(\\d+)`, 'g'),
      (_, number: string) => `${uuid}:1-${String(Number(number) + tick)}`,
    )
    .replaceAll(uuid, master.uuid ?? uuid)
    .replaceAll(twins.replica.uuid, self.uuid ?? twins.replica.uuid);
}
