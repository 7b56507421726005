import type { FilePosition, Server } from '../core/model/instance.ts';
import {
  isAccountAction,
  isOwnAction,
  type AccountAction,
  type Action,
} from '../core/model/plan.ts';
import type { Position } from '../core/model/position.ts';
import { showAccountAction } from './accounts.ts';
import { channelStatement } from './channel-words.ts';
import { barriersQuery, globalLocksQuery, waitingWritersQuery } from './open-for-writes.ts';
import { spellPointAt, type PointAtValues } from './point-at.ts';
import { positionQuery } from './position-query.ts';
import { spelledWritable, spellReadOnly } from './read-only.ts';
import { plainCharset, spellEnableEvents } from './scheduled-events.ts';
import { spellSemiSync } from './semi-sync.ts';
import { spellDelay } from './spell-delay.ts';
import { spellMakeAccount, spellSetVariable, spellSourceOptions } from './spell-fix.ts';
import { waitForDisplay } from './waits.ts';
import { shownWriteAttempt } from './write-attempt.ts';
import { clientsQuery, shownEnding } from './writers.ts';
import { wordsOf } from './words.ts';

/** Actions that are done when their statements have run. */
export type StatementAction = Extract<
  Action,
  {
    readonly do:
      | 'set-read-only'
      | 'set-writable'
      | 'start-applier'
      | 'stop-receiver'
      | 'start-receiver'
      | 'stop-replication'
      | 'set-delay'
      | 'start-replication'
      | 'forget-source'
      | 'set-semi-sync'
      | 'switch-event-scheduler'
      | 'point-at'
      | 'set-variable'
      | 'change-source-options'
      | 'make-account';
  }
>;

export interface Secrets {
  readonly user: string;
  readonly password: string;
  /** See NewPassword; of use for `make-account` only. */
  readonly passwordHash?: string | null;
}

/** An action lacks something that it needs to be spelled. `message` is a sentence to show. */
export class Unspellable extends Error {
  constructor(says: string) {
    super(says);
    this.name = 'Unspellable';
  }
}

/**
 * The exact statements of an action, to run one after the other in one session. `secrets`: the
 * replication user, where it is known. Throws Unspellable, or UnwritableValue for control characters.
 */
export function spell(
  action: StatementAction,
  server: Server,
  secrets: Secrets | null,
  marks: ReadonlyMap<string, Position>,
): readonly string[] {
  if (!isSecretive(action)) {
    return spellPlain(action, server);
  }
  if (needsSecrets(action) && secrets === null) {
    throw new Unspellable('The replication user or its password is not known.');
  }
  return spellSecretive(action, server, {
    credentials: secrets,
    placeOf: (mark) => fileOf(marks.get(mark), mark),
  });
}

/** Actions that may give a replication user or its password away. */
type SecretiveAction = Extract<
  StatementAction,
  { readonly do: 'point-at' | 'change-source-options' | 'make-account' }
>;

function isSecretive(action: Action): action is SecretiveAction {
  return ['point-at', 'change-source-options', 'make-account'].includes(action.do);
}

/** Whether the replication user and password of the settings are part of it. */
export function needsSecrets(action: Action): boolean {
  return (
    action.do === 'make-account' ||
    (action.do === 'point-at' && action.withCredentials) ||
    (action.do === 'change-source-options' && action.credentials)
  );
}

function spellSecretive(
  action: SecretiveAction,
  server: Server,
  values: PointAtValues,
): readonly string[] {
  const credentials = needsSecrets(action) ? values.credentials : null;
  switch (action.do) {
    case 'point-at':
      return spellPointAt(action, server, { ...values, credentials });
    case 'change-source-options':
      return spellSourceOptions(action, server, credentials);
    case 'make-account':
      return credentials === null ? [] : spellMakeAccount(action, server, credentials);
    default:
      return action satisfies never;
  }
}

function fileOf(position: Position | undefined, mark: string): FilePosition {
  if (position?.kind !== 'file') {
    throw new Unspellable(`No file and offset were recorded as "${mark}".`);
  }
  return position.at;
}

/**
 * The statements of an action for people: the password starred, and what only the run can know in
 * angle brackets. Empty for a server that never answered, and for an action without SQL.
 */
export function spellForDisplay(
  action: Action,
  server: Server | undefined,
  replicationUser = '<replication user>',
): readonly string[] {
  if (server === undefined) {
    return [];
  }
  if (action.do === 'verify-open') {
    return [barriersQuery.sql, waitingWritersQuery.sql, globalLocksQuery(server).sql];
  }
  if (action.do === 'verify-write') {
    return [shownWriteAttempt(action.cluster)];
  }
  if (action.do === 'verify-closable') {
    return [clientsQuery({ ownUser: '<our user>', idle: [] }).sql];
  }
  if (action.do === 'end-writers' || action.do === 'end-session') {
    return shownEnding(action);
  }
  return isAccountAction(action)
    ? showAccountAction(action, server)
    : displayed(action, server, replicationUser);
}

function displayed(
  action: Exclude<
    Action,
    | AccountAction
    | {
        readonly do:
          'verify-open' | 'verify-write' | 'verify-closable' | 'end-writers' | 'end-session';
      }
  >,
  server: Server,
  replicationUser: string,
): readonly string[] {
  if (isSecretive(action)) {
    return spellSecretive(action, server, displayedValues(action, replicationUser));
  }
  switch (action.do) {
    case 'mark-position':
    case 'check-unmoved':
      return [positionQuery(server, action.reads, '').sql];
    case 'wait-for-mark':
      return [waitForDisplay(server, `position of ${action.of}`)];
    case 'wait-until-applied':
    case 'verify-replicating':
      return [wordsOf(server).replicaStatus];
    case 'enable-events':
      return [...spellEnableEvents(action.events).flatMap((it) => it.statements), plainCharset];
    default:
      return isOwnAction(action) ? [] : spellPlain(action, server);
  }
}

function displayedValues(action: SecretiveAction, user: string): PointAtValues {
  const end = `the binary log of ${action.do === 'point-at' ? action.source : 'the source'}`;
  return {
    credentials: { user, password: '***', passwordHash: '***' },
    placeOf: () => ({ file: `<last file of ${end}>`, offset: `<end of ${end}>` }),
  };
}

type ThreadAction = Extract<
  StatementAction['do'],
  `${'start' | 'stop'}-${'applier' | 'receiver' | 'replication'}` | 'forget-source'
>;

/** What is said to a replica's threads, and to which. */
const threadStatements: Readonly<Record<ThreadAction, Parameters<typeof sayToThreads>[1]>> = {
  'start-applier': ['START', 'SQL_THREAD'],
  'stop-receiver': ['STOP', 'IO_THREAD'],
  'start-receiver': ['START', 'IO_THREAD'],
  'stop-replication': ['STOP', ''],
  'start-replication': ['START', ''],
  'forget-source': ['RESET', 'ALL'],
};

function sayToThreads(
  server: Server,
  [verb, what]: readonly ['START' | 'STOP' | 'RESET', Parameters<typeof channelStatement>[2]],
): readonly string[] {
  return [channelStatement(verb, server, what)];
}

function spellPlain(
  action: Exclude<StatementAction, SecretiveAction>,
  server: Server,
): readonly string[] {
  switch (action.do) {
    case 'set-read-only':
      return [spellReadOnly(server)];
    case 'set-writable':
      return [spelledWritable];
    case 'switch-event-scheduler':
      return [`SET GLOBAL event_scheduler = ${action.on ? 'ON' : 'OFF'}`];
    case 'set-delay':
      return spellDelay(action.seconds, server);
    case 'set-variable':
      return spellSetVariable(action, server);
    case 'set-semi-sync':
      return spellSemiSync(action, server.semiSync);
    default:
      return sayToThreads(server, threadStatements[action.do]);
  }
}
