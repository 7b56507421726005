import { crashSafety } from './crash-safety.ts';
import { dataSafety } from './data-safety.ts';
import { deaths } from './deaths.ts';
import { eachStep } from './each-step.ts';
import { falseAlarms } from './false-alarms.ts';
import type { Fault, NotPlayed } from './fault.ts';
import { hooks } from './hooks.ts';
import { lostFiles } from './lost-files.ts';
import { managers } from './managers.ts';
import { lockedSemiSync } from './locked-semi-sync.ts';
import { storage } from './storage.ts';
import { partitions } from './partitions.ts';
import { powerLoss } from './power-loss.ts';
import { switchovers } from './switchovers.ts';
import { unapplied } from './unapplied.ts';

export const faults: readonly Fault[] = [
  ...deaths,
  ...falseAlarms,
  ...dataSafety,
  ...crashSafety,
  ...lostFiles,
  ...powerLoss,
  ...partitions,
  ...managers,
  ...eachStep,
  ...switchovers,
  ...hooks,
  ...unapplied,
  ...storage,
  ...lockedSemiSync,
];

export const notPlayed: readonly NotPlayed[] = [
  {
    id: 'F14',
    says: 'semi-sync without time-out, and the master is cut off from its replicas only',
    because:
      'seen on MariaDB: the blocked master answers our looks no more, all replicas lose it, and one is promoted; what becomes of the blocked commits after the heal is not shown yet',
  },
  {
    id: 'F32',
    says: 'the new master purged what the old one needs',
    because: 'the rebuild is not built',
  },
  {
    id: 'F34',
    says: 'replicas of several releases',
    because: 'only one release of each server is at hand; the choice has unit tests',
  },
  {
    id: 'F36',
    says: 'MariaDB with two domains',
    because:
      'through one channel two replicas cannot come apart that way; the choice has unit tests',
  },
  {
    id: 'F43b',
    says: 'the acting monitor is frozen while it writes its journal',
    because:
      'seen: no other process can write the journal then, so all hold and say which file is locked',
  },
  { id: 'F54', says: 'enabled events', because: 'plans do not move events yet' },
];
