import type { GtidSet } from './gtid-set.ts';
import type { FilePosition, InstanceKey } from './instance.ts';
import type { MariadbPosition } from './mariadb-gtid.ts';

/**
 * How far a server is. Partially ordered: two positions may each hold something the other lacks,
 * and positions of different kinds, or files of different sources, cannot be compared at all.
 */
export type Position =
  | { readonly kind: 'gtid-set'; readonly set: GtidSet }
  | { readonly kind: 'mariadb'; readonly position: MariadbPosition }
  | { readonly kind: 'file'; readonly source: InstanceKey; readonly at: FilePosition };
