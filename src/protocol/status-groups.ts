import type { Channel } from '../core/model/instance.ts';
import type { NamedValue, StatusGroup, StatusView, Tone } from './panel-state.ts';
import { sentences } from './sentences.ts';
import type { Localizer } from './localizer.ts';

type Value = string | number | null;

/** The first pattern that fits a column decides; both vocabularies of the servers fit. */
const groups: readonly { readonly title: string; readonly fits: RegExp }[] = [
  { title: sentences.groupErrors, fits: /err(no|or)/i },
  { title: sentences.groupSecurity, fits: /_(ssl|tls)_|public_key|network_namespace/i },
  { title: sentences.groupFilters, fits: /^replicate_/i },
  { title: sentences.groupLag, fits: /^seconds_behind|_delay$/i },
  {
    title: sentences.groupThreads,
    fits: /_running$|_state$|_(host|port|user|uuid|server_id|bind)$|^connect_retry$|_retry_count$|^conn.*name$|^channel_name$/i,
  },
  {
    title: sentences.groupPosition,
    fits: /gtid|log_file|log_pos|auto_position|relay_log|^until|^skip/i,
  },
  { title: sentences.groupOther, fits: /./ },
];

/** The order in which people read them. */
const order: readonly string[] = [
  sentences.groupThreads,
  sentences.groupLag,
  sentences.groupPosition,
  sentences.groupErrors,
  sentences.groupSecurity,
  sentences.groupFilters,
  sentences.groupOther,
];

/** The row in groups; empty fields and empty groups are left out. */
export function statusGroups(raw: Channel['raw'], words: Localizer): readonly StatusGroup[] {
  const rows = Object.entries(raw).filter(([, value]) => value !== '');
  return order
    .map((title) => ({
      title: words.t(title),
      rows: rows
        .filter(([name]) => groupOf(name) === title)
        .map(([name, value]): NamedValue => ({
          name,
          value: spell(value),
          tone: toneOf(name, value),
        })),
    }))
    .filter((group) => group.rows.length > 0);
}

/** The row as the client of the server prints it for `statement\G`. */
export function verticalText(raw: Channel['raw'], statement: string): string {
  const stars = '*'.repeat(27);
  const width = Math.max(0, ...Object.keys(raw).map((name) => name.length));
  const lines = Object.entries(raw).map(
    ([name, value]) => `${name.padStart(width)}: ${spell(value)}`,
  );
  return [`${statement}\\G`, `${stars} 1. row ${stars}`, ...lines, '1 row in set', ''].join('\n');
}

export function statusViewOf(channel: Channel, words: Localizer): StatusView {
  return {
    channel: channel.name,
    statement: channel.statement,
    groups: statusGroups(channel.raw, words),
    raw: verticalText(channel.raw, channel.statement),
  };
}

function groupOf(name: string): string {
  return groups.find(({ fits }) => fits.test(name))?.title ?? sentences.groupOther;
}

function spell(value: Value): string {
  return value === null ? 'NULL' : String(value);
}

const runningTones: ReadonlyMap<Value, Tone> = new Map([
  ['Yes', 'ok'],
  ['No', 'error'],
]);

function toneOf(name: string, value: Value): Tone {
  if (/_running$/i.test(name)) {
    return runningTones.get(value) ?? 'warning';
  }
  if (/err(no|or)$/i.test(name)) {
    return Number(value) === 0 ? 'muted' : 'error';
  }
  return /^seconds_behind/i.test(name) && value === null ? 'warning' : 'muted';
}
