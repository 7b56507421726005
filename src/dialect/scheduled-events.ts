import type { ScheduledEvent, ScheduledEvents } from '../core/model/scheduled-events.ts';
import { columnsOf, type Row } from './answer.ts';
import { can } from './capabilities.ts';
import { grantsOf } from './grants.ts';
import type { Version } from './version.ts';

/** Events that somebody switched off run nowhere, and are not asked for. Without the right to see events: no rows. */
export const eventsSql =
  'SELECT EVENT_SCHEMA AS event_schema, EVENT_NAME AS event_name, DEFINER AS event_definer, STATUS AS event_status, ' +
  'CHARACTER_SET_CLIENT AS event_charset, COLLATION_CONNECTION AS event_collation ' +
  "FROM information_schema.EVENTS WHERE STATUS <> 'DISABLED'";

type EventRight =
  | 'EVENT'
  | 'SUPER'
  | 'SET USER'
  | 'SET_USER_ID'
  | 'SET_ANY_DEFINER'
  | 'SYSTEM_USER'
  | 'SYSTEM_VARIABLES_ADMIN';

/** Which rights our user holds, those of its active roles among them. */
export const eventRightsSql = 'SHOW GRANTS';

/** One thing that must be allowed: by any of these, the first being what to ask for. */
type Need = readonly [EventRight, ...EventRight[]];

interface Needs {
  readonly toSee: Need;
  readonly toEnable: readonly Need[];
  /** Only for events whose definer holds it as well. */
  readonly toEnableOfEqual: readonly Need[];
  readonly toSwitch: Need;
}

function needsOf(version: Version): Needs {
  const toSee: Need = ['EVENT'];
  const isOwnRight = can(version, 'definerRight');
  if (version.flavor === 'mariadb') {
    const toEnable: readonly Need[] = isOwnRight ? [['SET USER']] : [['SUPER', 'SET USER']];
    return { toSee, toEnable, toEnableOfEqual: [], toSwitch: ['SUPER'] };
  }
  if (!can(version, 'dynamicRights')) {
    return { toSee, toEnable: [['SUPER']], toEnableOfEqual: [], toSwitch: ['SUPER'] };
  }
  return {
    toSee,
    toEnable: [isOwnRight ? ['SET_ANY_DEFINER', 'SUPER'] : ['SET_USER_ID', 'SUPER']],
    toEnableOfEqual: [['SYSTEM_USER']],
    toSwitch: ['SYSTEM_VARIABLES_ADMIN', 'SUPER'],
  };
}

/** `events`, `rights`: the answers to the two questions above; null where a question failed. */
export function readScheduledEvents(
  version: Version,
  events: readonly Row[] | null,
  rights: readonly Row[] | null,
): ScheduledEvents {
  const missing = rights === null ? nothingMissing : missingRights(version, rights);
  const seen = events === null || missing.toSee ? null : events.map(readEvent);
  return {
    enabled: seen?.filter((it) => it.isEnabled).map((it) => it.event) ?? null,
    asleep: seen?.filter((it) => !it.isEnabled).map((it) => it.event) ?? null,
    maySwitch: !missing.toSwitch,
    mayEnable: !missing.toEnable,
    missingGrant: missing.grant,
  };
}

function readEvent(row: Row): { readonly isEnabled: boolean; readonly event: ScheduledEvent } {
  const columns = columnsOf(row, 'information_schema.EVENTS');
  return {
    isEnabled: columns.text('event_status') === 'ENABLED',
    event: {
      schema: columns.text('event_schema'),
      name: columns.text('event_name'),
      definer: columns.text('event_definer'),
      charset: columns.text('event_charset'),
      collation: columns.text('event_collation'),
    },
  };
}

interface Missing {
  readonly toSee: boolean;
  readonly toEnable: boolean;
  readonly toSwitch: boolean;
  readonly grant: string | null;
}

/** Where nobody could tell, it is tried: the server has the last word. */
const nothingMissing: Missing = { toSee: false, toEnable: false, toSwitch: false, grant: null };

function missingRights(version: Version, rows: readonly Row[]): Missing {
  const { account, holds } = grantsOf(rows);
  const lacks = (need: Need): boolean => !need.some(holds);
  const { toSee, toEnable, toEnableOfEqual, toSwitch } = needsOf(version);
  const all = [toSee, ...toEnable, ...toEnableOfEqual, toSwitch];
  const names = [...new Set(all.filter(lacks).map(([first]) => first))];
  return {
    toSee: lacks(toSee),
    toEnable: lacks(toSee) || toEnable.some(lacks),
    toSwitch: lacks(toSwitch),
    grant:
      names.length === 0
        ? null
        : `GRANT ${names.join(', ')} ON *.* TO ${quotedAccount(`${account.user}@${account.host}`)}`,
  };
}

/** One event that is to run here, in its statements: the first keep what the last would otherwise change. */
export interface SpelledEvent {
  readonly event: ScheduledEvent;
  readonly statements: readonly string[];
}

/**
 * Each goes into the binary log: so the replicas, and the former master once it follows, note by themselves that it does
 * not run there. The server takes definer, character set and collation from whoever changes an event; all else it keeps.
 */
export function spellEnableEvents(events: readonly ScheduledEvent[]): readonly SpelledEvent[] {
  return events.map((event) => ({
    event,
    statements: [
      `SET SESSION character_set_client = ${plainWord(event.charset)}, collation_connection = ${plainWord(event.collation)}`,
      `ALTER DEFINER = ${quotedAccount(event.definer)} EVENT ${quoted(event.schema)}.${quoted(event.name)} ENABLE`,
    ],
  }));
}

/** How a session goes on that took over the character set of an event. */
export const plainCharset = 'SET NAMES utf8mb4';

/** The server's error for an event that somebody dropped meanwhile. */
export const noSuchEvent = 1539;

/** A name beyond ASCII would be misread in a session whose character set is another than ours. */
export function canSpell({ schema, name, definer, charset }: ScheduledEvent): boolean {
  const isPlain = /^[\u0020-\u007e]*$/.test(schema + name + definer);
  return isPlain || /^utf8(mb[34])?$/.test(charset);
}

function plainWord(name: string): string {
  if (!/^\w+$/.test(name)) {
    throw new RangeError(`"${name}" is not the name of a character set or collation.`);
  }
  return name;
}

/** The host stands behind the last `@`; a role has none. */
export function quotedAccount(account: string): string {
  const at = account.lastIndexOf('@');
  const host = account.slice(at + 1);
  return at === -1 || host === ''
    ? quoted(account.replace(/@$/, ''))
    : `${quoted(account.slice(0, at))}@${quoted(host)}`;
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
