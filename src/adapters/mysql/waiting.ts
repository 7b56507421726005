import type { Channel, InstanceKey, Server } from '../../core/model/instance.ts';
import { splitKey } from '../../core/model/instance.ts';
import { phrase, type Phrase } from '../../core/model/phrase.ts';
import {
  caughtUp,
  contains,
  describePosition,
  same,
  type Position,
} from '../../core/model/position.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { executedOf, hasUnapplied, knownOf } from '../../core/model/server-position.ts';
import { unappliedOf } from '../../core/model/unapplied.ts';
import type { Clock } from '../../core/ports.ts';
import { channelsQuery, positionQuery } from '../../dialect/position-query.ts';
import { hasReadAllRelayLog } from '../../dialect/replica-status.ts';
import { receivedPosition, waitQuery } from '../../dialect/waits.ts';
import type { Session } from './session.ts';
import { readServer } from './read-server.ts';

/** One turn of a wait on the server, in milliseconds: an applier that stops is noticed after it. */
const turnMs = 1_000;
const pauseMs = 20;
/** How long an applier must stand still at the end of its relay log before the rest counts as torn off. */
const tornAfterMs = 1_000;
const tornAfterBusyMs = 60_000;

export interface Waiting {
  readonly session: Session;
  readonly server: Server;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Waits until everything of a position is executed. Throws `deadline`, or `refused-by-check` when the applier stopped. */
export async function waitForPosition(position: Position, waiting: Waiting): Promise<void> {
  const { session, server, clock, deadlineMs, signal } = waiting;
  const endsAt = clock.monotonic() + deadlineMs;
  for (;;) {
    signal.throwIfAborted();
    const left = endsAt - clock.monotonic();
    if (left <= 0) {
      throw new ReplicationError(
        'deadline',
        phrase('{address} did not reach {position} within {count} ms.', {
          address: session.address,
          position: describePosition(position),
          count: deadlineMs,
        }),
      );
    }
    const { sql, parse } = waitQuery(server, position, Math.min(turnMs, left));
    const waited = parse(await session.query(sql, turnMs + 2_000));
    if (waited === 'reached' && (await holds(position, waiting))) {
      return;
    }
    if (waited !== 'reached') {
      await checkApplier(waiting);
    }
  }
}

/** MariaDB waits for the highest number of each domain only; by files the wait says all. */
async function holds(
  position: Position,
  { session, server, deadlineMs }: Waiting,
): Promise<boolean> {
  if (position.kind === 'file') {
    return true;
  }
  const { sql, parse } = positionQuery(server, 'executed', session.address);
  return caughtUp(parse(await session.query(sql, deadlineMs)), position);
}

async function checkApplier({ session, server, deadlineMs }: Waiting): Promise<void> {
  const { sql, parse } = channelsQuery(server);
  const [channel] = parse(await session.query(sql, deadlineMs));
  if (channel?.applier !== 'yes') {
    const error = channel?.applierError;
    const { address } = session;
    throw new ReplicationError(
      'refused-by-check',
      error === null || error === undefined
        ? phrase('The applier of {address} stopped.', { address })
        : phrase('The applier of {address} stopped: error {code}, {message}.', {
            address,
            code: error.code,
            message: error.message,
          }),
    );
  }
}

/**
 * Waits until the applier has done all that the receiver left in the relay log. Of a source that died in the middle of
 * a transaction the rest never came: an applier that has read everything and stands still has done all there is.
 */
export async function waitUntilApplied(waiting: Waiting): Promise<Phrase> {
  const { session, clock, deadlineMs, signal } = waiting;
  const endsAt = clock.monotonic() + deadlineMs;
  let stillSince = clock.monotonic();
  let before: Channel | undefined;
  for (;;) {
    signal.throwIfAborted();
    const now = await readServer(session, 5_000);
    const [channel] = now.channels;
    if (channel === undefined) {
      throw new ReplicationError(
        'refused-by-check',
        phrase('{address} reads from nobody.', { address: session.address }),
      );
    }
    if (await nothingLeft(now, waiting)) {
      const { file, offset } = channel.applied;
      return phrase('Applied up to {file}:{offset}.', { file, offset });
    }
    await checkApplier(waiting);
    stillSince =
      before !== undefined && samePlace(before, channel) ? stillSince : clock.monotonic();
    before = channel;
    const stillMs = clock.monotonic() - stillSince;
    if (hasReadAllRelayLog(channel) && channel.receiver === 'no' && isTorn(now, stillMs)) {
      return phrase('Applied everything but a transaction whose end never came.');
    }
    if (clock.monotonic() > endsAt) {
      throw new ReplicationError(
        'deadline',
        phrase('{address} did not apply within {count} ms: {list}', {
          address: session.address,
          count: deadlineMs,
          list: unappliedOf(now).join(', '),
        }),
      );
    }
    await clock.sleep(pauseMs, signal);
  }
}

async function nothingLeft(now: Server, waiting: Waiting): Promise<boolean> {
  if (!hasUnapplied(now)) {
    return true;
  }
  const received = receivedPosition(now);
  return (
    received !== null &&
    received.kind !== 'file' &&
    (await holds(received, { ...waiting, server: now }))
  );
}

/**
 * Whether the rest of the relay log can only be a transaction whose end never came. With GTID it is certain when all
 * that was received whole is executed. By files only standstill tells, and with parallel workers, who may be busy after
 * the coordinator has read everything, only a long one.
 */
function isTorn(now: Server, stillMs: number): boolean {
  if (now.gtid.kind !== 'off') {
    const executed = executedOf(now);
    const known = knownOf(now);
    return (
      stillMs > tornAfterMs && executed !== null && known !== null && contains(executed, known)
    );
  }
  return stillMs > (now.release[0] >= 8 ? tornAfterBusyMs : tornAfterMs);
}

function samePlace(a: Channel, b: Channel): boolean {
  return a.applied.file === b.applied.file && a.applied.offset === b.applied.offset;
}

/** Waits until both threads run from `source`; ends at once on an error that waiting cannot cure. */
export async function waitUntilReplicating(source: InstanceKey, waiting: Waiting): Promise<Phrase> {
  const { session, server, clock, deadlineMs, signal } = waiting;
  const endsAt = clock.monotonic() + deadlineMs;
  const { host, port } = splitKey(source);
  const { sql, parse } = channelsQuery(server);
  for (;;) {
    signal.throwIfAborted();
    const channels = parse(await session.query(sql, 5_000));
    const channel = channels.find((it) => it.source.host === host && it.source.port === port);
    if (channel?.receiver === 'yes' && channel.applier === 'yes') {
      return channel.lagSeconds === null
        ? phrase('Receiver and applier run, lag unknown.')
        : phrase('Receiver and applier run, lag {count} s.', { count: channel.lagSeconds });
    }
    if (gaveUp(channel) || clock.monotonic() > endsAt) {
      const says = phrase('{address} does not replicate from {source}: {because}.', {
        address: session.address,
        source,
        because: channel === undefined ? readsElsewhere(channels) : whyNot(channel),
      });
      throw new ReplicationError('refused-by-check', says);
    }
    await clock.sleep(pauseMs, signal);
  }
}

/** A thread that ended with an error does not start again by itself; a receiver that connects may still succeed. */
function gaveUp(channel: Channel | undefined): boolean {
  return (
    (channel?.applier === 'no' && channel.applierError !== null) ||
    (channel?.receiver === 'no' && channel.receiverError !== null)
  );
}

/** It may have chosen another source by itself, or somebody else pointed it there. */
function readsElsewhere(channels: readonly Channel[]): Phrase {
  const sources = channels.map(({ source: { host, port } }) => `${host}:${String(port)}`);
  return sources.length === 0
    ? phrase('it reads from nobody')
    : phrase('it reads from {source} instead', { source: sources.join(', ') });
}

function whyNot(channel: Channel): Phrase {
  const error = channel.applierError ?? channel.receiverError;
  if (error !== null) {
    return phrase('error {code}: {message}', { code: error.code, message: error.message });
  }
  return phrase('receiver {receiver}', { receiver: channel.receiver });
}

/** Reads a position and compares: throws `refused-by-check` when the server moved since the mark. */
export function checkUnmoved(mark: Position, now: Position, address: string): void {
  if (!same(mark, now)) {
    throw new ReplicationError(
      'refused-by-check',
      phrase('Somebody still writes on {address}: it went on to {position}.', {
        address,
        position: describePosition(now),
      }),
    );
  }
}
