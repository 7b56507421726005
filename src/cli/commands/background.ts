import { readFileSync } from 'node:fs';
import { readSettings } from '../../config/settings.ts';
import type { Lease } from '../engine-type.ts';
import type { Run, Session } from '../run.ts';

/** Without its monitor a cluster is free for another after this many milliseconds; a process that died frees it at once. */
const leaseMs = 10_000;
const lookEveryMs = 500;

/** What keeps a monitor in the background from running twice, and from outliving its settings. */
export interface Background {
  /** Ends with the run, when the settings file is replaced or removed, and when another monitor took over. */
  readonly signal: AbortSignal;
  end(): void;
}

/** Undefined when one of the clusters has a background monitor already, or nothing can be recorded. */
export function beginBackground(run: Run, session: Session): Background | undefined {
  const leases = takeLeases(run, session);
  if (leases === undefined) return undefined;
  const over = new AbortController();
  const { file } = session.config;
  const before = textOf(file);
  const timer = setInterval(() => {
    const why = whyOver(leases, isReplaced(file, before));
    if (why === undefined || over.signal.aborted) return;
    run.warn(why);
    over.abort();
  }, lookEveryMs);
  return {
    signal: AbortSignal.any([run.io.signal, over.signal]),
    end: () => {
      clearInterval(timer);
      leases.forEach((it) => {
        it.release();
      });
    },
  };
}

function whyOver(leases: readonly Lease[], replaced: boolean): string | undefined {
  if (replaced) return 'note: the settings were replaced or removed; this monitor ends.';
  return leases.every(isOurs)
    ? undefined
    : 'note: another background monitor took over; this one ends.';
}

/** What cannot be asked now is not lost: a journal that is locked or full ends no protection. */
function isOurs(lease: Lease): boolean {
  try {
    return lease.renew();
  } catch {
    return true;
  }
}

/**
 * Whether the settings file is gone, or holds other settings that can be used. One that cannot be read for a moment, or
 * that is broken, ends no protection.
 */
export function isReplaced(file: string, before: string | undefined): boolean {
  try {
    const text = readFileSync(file, 'utf8');
    return text !== before && isUsable(text);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

function isUsable(text: string): boolean {
  try {
    const { settings, problems } = readSettings(JSON.parse(text));
    return settings.clusters.length > 0 && problems.every((it) => it.severity !== 'error');
  } catch {
    return false;
  }
}

/** All or none of them. */
function takeLeases(run: Run, { clusters, engine }: Session): readonly Lease[] | undefined {
  const leases: Lease[] = [];
  for (const { id } of clusters) {
    const lease = leaseOn(engine, id, run);
    if (lease === undefined) {
      run.warn(`error: ${id} has a background monitor already, or its journal cannot be written.`);
      leases.forEach((it) => {
        it.release();
      });
      return undefined;
    }
    leases.push(lease);
  }
  return leases;
}

function leaseOn({ store }: Session['engine'], id: string, run: Run): Lease | undefined {
  try {
    return store?.takeLease(`background:${id}`, run.io.actor, leaseMs);
  } catch (error) {
    run.warn(`error: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
