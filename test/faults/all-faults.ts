import { crashSafety } from './crash-safety.ts';
import { cutShortHang } from './cut-short-hang.ts';
import { dataSafety } from './data-safety.ts';
import { differing } from './differing.ts';
import { deaths } from './deaths.ts';
import { eachStep } from './each-step.ts';
import { events } from './events.ts';
import { falseAlarms } from './false-alarms.ts';
import type { Fault, NotPlayed } from './fault.ts';
import { frozenJournal } from './frozen-journal.ts';
import { frozenProgram } from './frozen-program.ts';
import { hooks } from './hooks.ts';
import { lostFiles } from './lost-files.ts';
import { lostReplicas } from './lost-replicas.ts';
import { managers } from './managers.ts';
import { lockedSemiSync } from './locked-semi-sync.ts';
import { storage } from './storage.ts';
import { partitions } from './partitions.ts';
import { powerLoss } from './power-loss.ts';
import { heldUp, switchovers } from './switchovers.ts';
import { takenPort } from './taken-port.ts';
import { waitingPlans } from './waiting-plans.ts';
import { unapplied } from './unapplied.ts';

export const faults: readonly Fault[] = [
  ...deaths,
  ...falseAlarms,
  ...dataSafety,
  ...crashSafety,
  ...lostFiles,
  ...powerLoss,
  ...partitions,
  ...differing,
  ...managers,
  ...frozenJournal,
  ...frozenProgram,
  ...eachStep,
  ...cutShortHang,
  ...switchovers,
  ...events,
  ...hooks,
  ...unapplied,
  ...storage,
  ...lockedSemiSync,
  ...lostReplicas,
  ...takenPort,
  ...waitingPlans,
  ...heldUp,
];

export const notPlayed: readonly NotPlayed[] = [];
