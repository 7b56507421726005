import { answered, type InstanceKey } from '../../model/instance.ts';
import type { MarkedPosition } from '../../model/plan.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import { memberOf } from '../../model/topology.ts';
import type { PlanningContext } from '../planning-context.ts';
import { draft, type Draft } from './steps.ts';

/** What was closed already, by a plan that was cut short, is not opened again when this one is taken back. */
export function close(context: PlanningContext, key: InstanceKey): Draft {
  const says = makeReadOnly(key);
  const closed = answered(memberOf(context.topology, key))?.readOnly === true;
  return draft(
    context,
    key,
    { do: 'set-read-only' },
    closed ? { says } : { says, undo: { do: 'set-writable' } },
  );
}

/** For an instance that was outside: it stays closed whatever becomes of the plan. */
export function closeForGood(context: PlanningContext, key: InstanceKey): Draft {
  return draft(context, key, { do: 'set-read-only' }, { says: makeReadOnly(key) });
}

export function endWriters(context: PlanningContext, key: InstanceKey, first = false): Draft {
  return draft(context, key, { do: 'end-writers', first, whom: 'all' }, { says: endThose(key) });
}

/** On a closed server: idle sessions that cannot write any more are left for later. */
export function endActiveWriters(context: PlanningContext, key: InstanceKey): Draft {
  const action = { do: 'end-writers', first: false, whom: 'could-write' } as const;
  return draft(context, key, action, { says: endThose(key) });
}

/** Their clients connect again, to where the writes are now. */
export function endTheRest(context: PlanningContext, key: InstanceKey): Draft {
  const action = { do: 'end-writers', first: false, whom: 'the-rest' } as const;
  const says = phrase('End the sessions that are left on {instance}.', { instance: key });
  return draft(context, key, action, { says });
}

function endThose(instance: InstanceKey): Phrase {
  return phrase('End the sessions on {instance} that could still write.', { instance });
}

export function mark(
  context: PlanningContext,
  key: InstanceKey,
  name: string,
  reads: MarkedPosition,
): Draft {
  const says: Readonly<Record<MarkedPosition, Phrase>> = {
    executed: phrase('Read how far {instance} is.', { instance: key }),
    'own-binlog': phrase('Read where the binary log of {instance} ends.', { instance: key }),
    applied: phrase("Read how far {instance} applied its source's log.", { instance: key }),
  };
  return draft(context, key, { do: 'mark-position', mark: name, reads }, { says: says[reads] });
}

export function waitForMark(
  context: PlanningContext,
  key: InstanceKey,
  name: string,
  of: InstanceKey,
): Draft {
  const says = phrase('Wait until {instance} has everything that {of} had.', { instance: key, of });
  return draft(context, key, { do: 'wait-for-mark', mark: name, of }, { says });
}

export function checkUnmoved(
  context: PlanningContext,
  key: InstanceKey,
  name: string,
  reads: MarkedPosition,
): Draft {
  const says = phrase('Check that nothing was written on {instance} meanwhile.', { instance: key });
  return draft(context, key, { do: 'check-unmoved', mark: name, reads }, { says });
}

export function stopReceiver(context: PlanningContext, key: InstanceKey): Draft {
  const says = phrase('Stop the receiver on {instance}.', { instance: key });
  return draft(context, key, { do: 'stop-receiver' }, { says, undo: { do: 'start-receiver' } });
}

export function startReceiver(context: PlanningContext, key: InstanceKey): Draft {
  const says = phrase('Start the receiver on {instance}.', { instance: key });
  return draft(context, key, { do: 'start-receiver' }, { says });
}

export function verifyReplicating(
  context: PlanningContext,
  key: InstanceKey,
  source: InstanceKey,
): Draft {
  const says = phrase('Verify that {instance} replicates from {source}.', {
    instance: key,
    source,
  });
  return draft(context, key, { do: 'verify-replicating', source }, { says });
}

export function waitUntilApplied(context: PlanningContext, key: InstanceKey): Draft {
  const says = phrase('Wait until {instance} has applied everything it received.', {
    instance: key,
  });
  return draft(context, key, { do: 'wait-until-applied' }, { says });
}

export function forgetSource(context: PlanningContext, key: InstanceKey): Draft {
  const says = phrase('Forget the old source on {instance}.', { instance: key });
  return draft(context, key, { do: 'forget-source' }, { says });
}

/** The candidate lets go of its source and opens. Its source is forgotten only later, so that it can be taken back. */
export function openLane(
  context: PlanningContext,
  key: InstanceKey,
  byGtid: boolean,
): readonly Draft[] {
  return [
    draft(
      context,
      key,
      { do: 'stop-replication' },
      { says: stopReplication(key), undo: { do: 'start-replication' } },
    ),
    ...(byGtid ? [] : [mark(context, key, 'handover', 'own-binlog')]),
    draft(
      context,
      key,
      { do: 'set-writable' },
      {
        says: phrase('Open {instance} for writes.', { instance: key }),
        undo: { do: 'set-read-only' },
      },
    ),
  ];
}

export function verifyOpen(context: PlanningContext, key: InstanceKey): Draft {
  const says = phrase('Verify that nothing keeps writes out of {instance}.', { instance: key });
  return draft(context, key, { do: 'verify-open', before: false }, { says });
}

/** Behind everything else: the commit may wait for an acknowledgement of those that follow. */
export function verifyWrite(context: PlanningContext, key: InstanceKey): readonly Draft[] {
  const { cluster, writeProbe } = context.policy;
  const says = phrase('Verify that {instance} takes writes, by writing a row.', { instance: key });
  return writeProbe ? [draft(context, key, { do: 'verify-write', cluster }, { says })] : [];
}

/** Before writes stop elsewhere: a backup's lock would keep them out here. */
export function checkUnlocked(context: PlanningContext, key: InstanceKey): Draft {
  const says = phrase('Check that no lock keeps writes out of {instance}.', { instance: key });
  return draft(context, key, { do: 'verify-open', before: true }, { says });
}

/** Before writes stop: a statement that has run for long would hold the closing up, and its end would take as long again. */
export function checkClosable(context: PlanningContext, key: InstanceKey): Draft {
  const says = phrase('Check that no long-running statement writes on {instance}.', {
    instance: key,
  });
  return draft(context, key, { do: 'verify-closable' }, { says });
}

export function startReplication(context: PlanningContext, key: InstanceKey): Draft {
  const says = phrase('Start replication on {instance}.', { instance: key });
  return draft(context, key, { do: 'start-replication' }, { says });
}

export function stopReplication(key: InstanceKey): Phrase {
  return phrase('Stop replication on {instance}.', { instance: key });
}

function makeReadOnly(key: InstanceKey): Phrase {
  return phrase('Make {instance} read-only.', { instance: key });
}

/** `leads`: whom the proxies lead to again when the plan is taken back; null when they led to a dead master. */
export function holdTraffic(
  context: PlanningContext,
  key: InstanceKey,
  leads: boolean,
): readonly Draft[] {
  const says = phrase('Let new connections to the proxies wait.');
  const wording = leads ? { says, undo: { do: 'lead-traffic' } as const } : { says };
  return context.proxied ? [draft(context, key, { do: 'hold-traffic' }, wording)] : [];
}

export function leadTraffic(context: PlanningContext, key: InstanceKey): readonly Draft[] {
  const says = phrase('Lead the proxies to {instance}.', { instance: key });
  return context.proxied ? [draft(context, key, { do: 'lead-traffic' }, { says })] : [];
}

/** A follower by file that holds more than the new master must be rebuilt: the one known place is not its own. */
export function samePlace(context: PlanningContext, key: InstanceKey, of: InstanceKey): Draft {
  const says = phrase('Check that {instance} stands exactly where {source} stood.', {
    instance: key,
    source: of,
  });
  return draft(context, key, { do: 'check-unmoved', mark: 'applied', reads: 'applied' }, { says });
}
