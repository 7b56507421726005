import { answered, type InstanceKey } from '../model/instance.ts';
import type { MarkedPosition } from '../model/plan.ts';
import { memberOf } from '../model/topology.ts';
import type { Ground } from './ground.ts';
import { draft, type Draft } from './steps.ts';

/** What was closed already, by a plan that was cut short, is not opened again when this one is taken back. */
export function close(ground: Ground, key: InstanceKey): Draft {
  const says = `Make ${key} read-only.`;
  const closed = answered(memberOf(ground.topology, key))?.readOnly === true;
  return draft(
    ground,
    key,
    { do: 'set-read-only' },
    closed ? { says } : { says, undo: { do: 'set-writable' } },
  );
}

/** For an instance that was outside: it stays closed whatever becomes of the plan. */
export function closeForGood(ground: Ground, key: InstanceKey): Draft {
  return draft(ground, key, { do: 'set-read-only' }, { says: `Make ${key} read-only.` });
}

export function endWriters(ground: Ground, key: InstanceKey): Draft {
  const says = `End the sessions on ${key} that could still write.`;
  return draft(ground, key, { do: 'end-writers' }, { says });
}

export function mark(ground: Ground, key: InstanceKey, name: string, reads: MarkedPosition): Draft {
  const says: Readonly<Record<MarkedPosition, string>> = {
    executed: `Read how far ${key} is.`,
    'own-binlog': `Read where the binary log of ${key} ends.`,
    applied: `Read how far ${key} applied its source's log.`,
  };
  return draft(ground, key, { do: 'mark-position', mark: name, reads }, { says: says[reads] });
}

export function waitForMark(
  ground: Ground,
  key: InstanceKey,
  name: string,
  of: InstanceKey,
): Draft {
  const says = `Wait until ${key} has everything that ${of} had.`;
  return draft(ground, key, { do: 'wait-for-mark', mark: name, of }, { says });
}

export function checkUnmoved(
  ground: Ground,
  key: InstanceKey,
  name: string,
  reads: MarkedPosition,
): Draft {
  const says = `Check that nothing was written on ${key} meanwhile.`;
  return draft(ground, key, { do: 'check-unmoved', mark: name, reads }, { says });
}

export function stopReceiver(ground: Ground, key: InstanceKey): Draft {
  const says = `Stop the receiver on ${key}.`;
  return draft(ground, key, { do: 'stop-receiver' }, { says, undo: { do: 'start-receiver' } });
}

export function waitUntilApplied(ground: Ground, key: InstanceKey): Draft {
  const says = `Wait until ${key} has applied everything it received.`;
  return draft(ground, key, { do: 'wait-until-applied' }, { says });
}

export function forgetSource(ground: Ground, key: InstanceKey): Draft {
  return draft(ground, key, { do: 'forget-source' }, { says: `Forget the old source on ${key}.` });
}

/** The candidate lets go of its source and opens. Its source is forgotten only later, so that it can be taken back. */
export function openLane(ground: Ground, key: InstanceKey, byGtid: boolean): readonly Draft[] {
  return [
    draft(
      ground,
      key,
      { do: 'stop-replication' },
      { says: `Stop replication on ${key}.`, undo: { do: 'start-replication' } },
    ),
    ...(byGtid ? [] : [mark(ground, key, 'handover', 'own-binlog')]),
    draft(
      ground,
      key,
      { do: 'set-writable' },
      { says: `Open ${key} for writes.`, undo: { do: 'set-read-only' } },
    ),
  ];
}
