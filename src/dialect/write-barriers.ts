import type { WriteBarrier } from '../core/model/instance.ts';

/** Variables beside read_only that keep applications from writing. */
export const barrierNames = [
  'offline_mode',
  'innodb_read_only',
  'transaction_read_only',
  'tx_read_only',
] as const;

/** Those that are ON; a release that does not know one does not answer it. */
export function barriersIn(valueOf: (name: string) => string | null): readonly WriteBarrier[] {
  const isOn = (name: string): boolean => valueOf(name)?.toUpperCase() === 'ON';
  return [
    ...(isOn('offline_mode') ? (['offline_mode'] as const) : []),
    ...(isOn('innodb_read_only') ? (['innodb_read_only'] as const) : []),
    ...(isOn('transaction_read_only') || isOn('tx_read_only')
      ? (['transaction_read_only'] as const)
      : []),
  ];
}
