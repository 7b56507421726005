import { crashSafety } from './crash-safety.ts';
import { dataSafety } from './data-safety.ts';
import { deaths } from './deaths.ts';
import { eachStep } from './each-step.ts';
import { falseAlarms } from './false-alarms.ts';
import type { Fault, NotPlayed } from './fault.ts';
import { hooks } from './hooks.ts';
import { managers } from './managers.ts';
import { lockedSemiSync } from './locked-semi-sync.ts';
import { storage } from './storage.ts';
import { switchovers } from './switchovers.ts';
import { unapplied } from './unapplied.ts';

export const faults: readonly Fault[] = [
  ...deaths,
  ...falseAlarms,
  ...dataSafety,
  ...crashSafety,
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
    id: 'F14, F15, F16, F19',
    says: 'the master is cut from its replicas only, or from a whole site',
    because: 'needs a network of its own for each server',
  },
  {
    id: 'F23, F39',
    says: 'a repair that would throw a relay log away; a torn relay log',
    because:
      'no repair of ours stops a receiver whose applier is stopped; a torn relay log is refetched by the server itself',
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
    id: 'F38',
    says: 'the master loses power and comes back behind its replicas',
    because:
      'a killed process loses nothing that it handed to the system; needs a machine that dies',
  },
  {
    id: 'F43b',
    says: 'the acting monitor is frozen while it writes its journal',
    because:
      'seen: no other process can write the journal then, so all hold and say which file is locked',
  },
  { id: 'F54', says: 'enabled events', because: 'plans do not move events yet' },
];
