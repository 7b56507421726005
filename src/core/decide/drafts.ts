import { answered, type InstanceKey } from '../model/instance.ts';
import type { MarkedPosition } from '../model/plan.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import { memberOf } from '../model/topology.ts';
import type { Ground } from './ground.ts';
import { draft, type Draft } from './steps.ts';

/** What was closed already, by a plan that was cut short, is not opened again when this one is taken back. */
export function close(ground: Ground, key: InstanceKey): Draft {
  const says = makeReadOnly(key);
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
  return draft(ground, key, { do: 'set-read-only' }, { says: makeReadOnly(key) });
}

export function endWriters(ground: Ground, key: InstanceKey, first = false): Draft {
  return draft(ground, key, { do: 'end-writers', first, whom: 'all' }, { says: endThose(key) });
}

/** On a closed server: idle sessions that cannot write any more are left for later. */
export function endActiveWriters(ground: Ground, key: InstanceKey): Draft {
  const action = { do: 'end-writers', first: false, whom: 'could-write' } as const;
  return draft(ground, key, action, { says: endThose(key) });
}

/** Their clients connect again, to where the writes are now. */
export function endTheRest(ground: Ground, key: InstanceKey): Draft {
  const action = { do: 'end-writers', first: false, whom: 'the-rest' } as const;
  const says = phrase('End the sessions that are left on {instance}.', { instance: key });
  return draft(ground, key, action, { says });
}

function endThose(instance: InstanceKey): Phrase {
  return phrase('End the sessions on {instance} that could still write.', { instance });
}

export function mark(ground: Ground, key: InstanceKey, name: string, reads: MarkedPosition): Draft {
  const says: Readonly<Record<MarkedPosition, Phrase>> = {
    executed: phrase('Read how far {instance} is.', { instance: key }),
    'own-binlog': phrase('Read where the binary log of {instance} ends.', { instance: key }),
    applied: phrase("Read how far {instance} applied its source's log.", { instance: key }),
  };
  return draft(ground, key, { do: 'mark-position', mark: name, reads }, { says: says[reads] });
}

export function waitForMark(
  ground: Ground,
  key: InstanceKey,
  name: string,
  of: InstanceKey,
): Draft {
  const says = phrase('Wait until {instance} has everything that {of} had.', { instance: key, of });
  return draft(ground, key, { do: 'wait-for-mark', mark: name, of }, { says });
}

export function checkUnmoved(
  ground: Ground,
  key: InstanceKey,
  name: string,
  reads: MarkedPosition,
): Draft {
  const says = phrase('Check that nothing was written on {instance} meanwhile.', { instance: key });
  return draft(ground, key, { do: 'check-unmoved', mark: name, reads }, { says });
}

export function stopReceiver(ground: Ground, key: InstanceKey): Draft {
  const says = phrase('Stop the receiver on {instance}.', { instance: key });
  return draft(ground, key, { do: 'stop-receiver' }, { says, undo: { do: 'start-receiver' } });
}

export function startReceiver(ground: Ground, key: InstanceKey): Draft {
  const says = phrase('Start the receiver on {instance}.', { instance: key });
  return draft(ground, key, { do: 'start-receiver' }, { says });
}

export function verifyReplicating(ground: Ground, key: InstanceKey, source: InstanceKey): Draft {
  const says = phrase('Verify that {instance} replicates from {source}.', {
    instance: key,
    source,
  });
  return draft(ground, key, { do: 'verify-replicating', source }, { says });
}

export function waitUntilApplied(ground: Ground, key: InstanceKey): Draft {
  const says = phrase('Wait until {instance} has applied everything it received.', {
    instance: key,
  });
  return draft(ground, key, { do: 'wait-until-applied' }, { says });
}

export function forgetSource(ground: Ground, key: InstanceKey): Draft {
  const says = phrase('Forget the old source on {instance}.', { instance: key });
  return draft(ground, key, { do: 'forget-source' }, { says });
}

/** The candidate lets go of its source and opens. Its source is forgotten only later, so that it can be taken back. */
export function openLane(ground: Ground, key: InstanceKey, byGtid: boolean): readonly Draft[] {
  return [
    draft(
      ground,
      key,
      { do: 'stop-replication' },
      { says: stopReplication(key), undo: { do: 'start-replication' } },
    ),
    ...(byGtid ? [] : [mark(ground, key, 'handover', 'own-binlog')]),
    draft(
      ground,
      key,
      { do: 'set-writable' },
      {
        says: phrase('Open {instance} for writes.', { instance: key }),
        undo: { do: 'set-read-only' },
      },
    ),
  ];
}

export function verifyOpen(ground: Ground, key: InstanceKey): Draft {
  const says = phrase('Verify that nothing keeps writes out of {instance}.', { instance: key });
  return draft(ground, key, { do: 'verify-open', before: false }, { says });
}

/** Behind everything else: the commit may wait for an acknowledgement of those that follow. */
export function verifyWrite(ground: Ground, key: InstanceKey): readonly Draft[] {
  const { cluster, writeProbe } = ground.policy;
  const says = phrase('Verify that {instance} takes writes, by writing a row.', { instance: key });
  return writeProbe ? [draft(ground, key, { do: 'verify-write', cluster }, { says })] : [];
}

/** Before writes stop elsewhere: a backup's lock would keep them out here. */
export function checkUnlocked(ground: Ground, key: InstanceKey): Draft {
  const says = phrase('Check that no lock keeps writes out of {instance}.', { instance: key });
  return draft(ground, key, { do: 'verify-open', before: true }, { says });
}

/** Before writes stop: a statement that has run for long would hold the closing up, and its end would take as long again. */
export function checkClosable(ground: Ground, key: InstanceKey): Draft {
  const says = phrase('Check that no long-running statement writes on {instance}.', {
    instance: key,
  });
  return draft(ground, key, { do: 'verify-closable' }, { says });
}

export function startReplication(ground: Ground, key: InstanceKey): Draft {
  const says = phrase('Start replication on {instance}.', { instance: key });
  return draft(ground, key, { do: 'start-replication' }, { says });
}

export function stopReplication(key: InstanceKey): Phrase {
  return phrase('Stop replication on {instance}.', { instance: key });
}

function makeReadOnly(key: InstanceKey): Phrase {
  return phrase('Make {instance} read-only.', { instance: key });
}

/** `leads`: whom the proxies lead to again when the plan is taken back; null when they led to a dead master. */
export function holdTraffic(ground: Ground, key: InstanceKey, leads: boolean): readonly Draft[] {
  const says = phrase('Let new connections to the proxies wait.');
  const wording = leads ? { says, undo: { do: 'lead-traffic' } as const } : { says };
  return ground.proxied ? [draft(ground, key, { do: 'hold-traffic' }, wording)] : [];
}

export function leadTraffic(ground: Ground, key: InstanceKey): readonly Draft[] {
  const says = phrase('Lead the proxies to {instance}.', { instance: key });
  return ground.proxied ? [draft(ground, key, { do: 'lead-traffic' }, { says })] : [];
}

/** A follower by file that holds more than the new master must be rebuilt: the one known place is not its own. */
export function samePlace(ground: Ground, key: InstanceKey, of: InstanceKey): Draft {
  const says = phrase('Check that {instance} stands exactly where {source} stood.', {
    instance: key,
    source: of,
  });
  return draft(ground, key, { do: 'check-unmoved', mark: 'applied', reads: 'applied' }, { says });
}
