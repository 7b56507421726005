import { parseGtidSet, printGtidSet } from '../core/model/gtid-set.ts';
import { keyOf, type Server } from '../core/model/instance.ts';
import { parseMariadbPosition, type MariadbPosition } from '../core/model/mariadb-gtid.ts';
import type { Position } from '../core/model/position.ts';
import { onlyRow, UnexpectedAnswer, type Query } from './answer.ts';
import { can } from './capabilities.ts';
import { targetChannel } from './channel-words.ts';
import { literal } from './literal.ts';
import { wordsOf } from './words.ts';

/** `not-applying`: the applier does not run, so waiting is in vain. */
export type Waited = 'reached' | 'timed-out' | 'not-applying';

type Way = 'executed-set' | 'executed-set-5.6' | 'mariadb' | 'file';

/**
 * Waits on the server until it has executed all of a position. The applier's own errors are not
 * told by every release (MySQL just goes on waiting), so wait in short turns and look at the channel.
 * On MariaDB only the highest number of each domain is waited for: compare positions afterwards.
 */
export function waitQuery(server: Server, position: Position, timeoutMs: number): Query<Waited> {
  const way = wayFor(server, position.kind);
  // Zero would mean for ever.
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  return {
    sql: waitSql(server, way, argumentsFor(position), seconds),
    parse: (rows) => readWaited(onlyRow(rows, 'the wait').optionalText('waited'), way),
  };
}

/** The same for people, with `what` in place of a position that only the run knows. */
export function waitForDisplay(server: Server, what: string): string {
  const kind =
    server.gtid.kind === 'mysql' ? 'gtid-set' : server.gtid.kind === 'mariadb' ? 'mariadb' : 'file';
  const way = wayFor(server, kind);
  return waitSql(
    server,
    way,
    way === 'file' ? `<file of ${what}>, <offset of ${what}>` : `<${what}>`,
    '<seconds>',
  );
}

/** What the channel has received, as a position to wait for; null when it never received anything. */
export function receivedPosition(server: Server): Position | null {
  const name = targetChannel(server);
  const channel = server.channels.find((it) => it.name === name);
  if (channel === undefined || channel.received.file === '') {
    return null;
  }
  // GTIDs leave out the torn end of a transaction whose source died while sending it: nobody can apply that.
  if (server.gtid.kind === 'mysql' && channel.retrieved !== '') {
    return { kind: 'gtid-set', set: parseGtidSet(channel.retrieved) };
  }
  if (server.gtid.kind === 'mariadb' && channel.method === 'gtid' && channel.retrieved !== '') {
    return { kind: 'mariadb', position: parseMariadbPosition([channel.retrieved], false) };
  }
  const { host, port } = channel.source;
  return { kind: 'file', source: keyOf(host, port), at: channel.received };
}

function wayFor(server: Server, kind: Position['kind']): Way {
  if (kind === 'gtid-set') {
    return can(server, 'waitForExecutedSet') ? 'executed-set' : 'executed-set-5.6';
  }
  return kind;
}

function waitSql(server: Server, way: Way, what: string, seconds: string): string {
  const functions: Readonly<Record<Way, string>> = {
    'executed-set': 'WAIT_FOR_EXECUTED_GTID_SET',
    'executed-set-5.6': 'WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS',
    mariadb: 'MASTER_GTID_WAIT',
    file: wordsOf(server).filePositionWait,
  };
  const named = way === 'file' ? channelArgument(server) : '';
  return `SELECT ${functions[way]}(${what}, ${seconds}${named}) AS waited`;
}

function channelArgument(server: Server): string {
  const name = targetChannel(server);
  return name === '' || !can(server, 'channels') ? '' : `, ${literal(name)}`;
}

function argumentsFor(position: Position): string {
  switch (position.kind) {
    case 'gtid-set':
      return literal(printGtidSet(position.set));
    case 'mariadb':
      return literal(highestOfEachDomain(position.position));
    case 'file':
      return `${literal(position.at.file)}, ${String(position.at.offset)}`;
    default:
      return position satisfies never;
  }
}

/** MASTER_GTID_WAIT takes one GTID for each domain. */
function highestOfEachDomain({ last }: MariadbPosition): string {
  const highest = new Map<string, { readonly pair: string; readonly number: bigint }>();
  for (const [pair, number] of last) {
    const [domain = ''] = pair.split('-');
    const before = highest.get(domain);
    if (before === undefined || number > before.number) {
      highest.set(domain, { pair, number });
    }
  }
  return [...highest.values()].map((it) => `${it.pair}-${String(it.number)}`).join(',');
}

/**
 * Only WAIT_FOR_EXECUTED_GTID_SET says 1 for "too late"; the others say -1, or how much they waited for.
 * NULL: the applier does not run.
 */
function readWaited(answer: string | null, way: Way): Waited {
  if (answer === null) {
    return 'not-applying';
  }
  if (!/^-?\d+$/.test(answer)) {
    throw new UnexpectedAnswer('the wait', 'waited', `is "${answer}"`);
  }
  const late = way === 'executed-set' ? answer !== '0' : answer.startsWith('-');
  return late ? 'timed-out' : 'reached';
}
