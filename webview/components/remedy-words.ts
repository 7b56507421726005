import type { Remedy } from '../../src/protocol/remedy.ts';
import type { PanelWord } from '../../src/protocol/sentences.ts';

/** The button of each. */
export const remedyWords: Readonly<Record<Remedy, PanelWord>> = {
  'open-line': 'openLine',
  'confirm-settings': 'confirmSettings',
  'start-monitor': 'startMonitor',
  'create-monitor-user': 'createMonitorUser',
  'map-addresses': 'mapAddresses',
  'accept-key': 'acceptKey',
  'end-lock-holder': 'endLockHolder',
};
