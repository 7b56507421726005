import type { DoctorCode } from '../../../../src/core/model/doctor.ts';
import type { TestCluster } from '../../../servers/test-cluster.ts';
import type { TestMember } from '../../../servers/test-member.ts';

/** One thing that is broken on purpose: where the doctor must find it, and what mends it. */
export interface Trouble {
  readonly item: DoctorCode;
  readonly on: (cluster: TestCluster) => TestMember;
  /** The error that the item's evidence must tell, where one item has several causes. */
  readonly error?: number;
  /** Statements that break it, as an administrator; none where a fresh server shows it. */
  readonly breaking?: readonly string[];
  /** Beside or instead of statements: how else it is broken. */
  readonly harm?: (cluster: TestCluster) => Promise<void>;
  /**
   * `plan`: the doctor's own. `lines`: those that the doctor tells, run as they stand on the servers they are for. A
   * function: what the doctor's advice tells in words.
   */
  readonly mends: 'plan' | 'lines' | ((cluster: TestCluster) => Promise<void>);
  /** Why this machine cannot break it; undefined when it can. */
  readonly whyNot?: () => Promise<string | undefined>;
}

/** What became of one trouble. */
export type TroubleRow = Pick<Trouble, 'item' | 'error'> & {
  readonly server: string;
  /** `master`, `replica 1`, ... */
  readonly who: string;
} & (
    | {
        readonly found: boolean;
        /** Whether it is gone after what was to mend it. */
        readonly fixed: boolean;
        readonly by: 'plan' | 'hand';
      }
    | { readonly whyNot: string }
  );

export const master = (cluster: TestCluster): TestMember => cluster.master;
export const first = (cluster: TestCluster): TestMember => cluster.replicas[0] ?? cluster.master;
export const second = (cluster: TestCluster): TestMember => cluster.replicas[1] ?? cluster.master;

export function lineOf(row: TroubleRow): string {
  const { server, who, item, error } = row;
  const name = error === undefined ? item : `${item}, ${String(error)}`;
  const start = `  ${server.padEnd(8)} ${who.padEnd(10)} ${name.padEnd(34)}`;
  if ('whyNot' in row) return `${start} CANNOT RUN: ${row.whyNot}`;
  const mended = row.fixed ? (row.by === 'plan' ? 'fixed' : 'fixed by hand') : 'NOT FIXED';
  return `${start} ${row.found ? 'found    ' : 'NOT FOUND'}  ${mended}`;
}
