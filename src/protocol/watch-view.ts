import type { WatchState } from '../core/backend.ts';
import type { InstanceKey } from '../core/model/instance.ts';
import type { Downtime } from '../core/model/watch.ts';
import type { NamedValue, Tone, WatchView } from './panel-state.ts';
import { sentences } from './sentences.ts';
import { clockTime, span } from './time-words.ts';
import type { Localizer } from './localizer.ts';

export interface WatchContext {
  readonly words: Localizer;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly labelOf: (key: string) => string;
  /** `user@host (pid)` of the background monitor; undefined where none runs. */
  readonly monitor: string | undefined;
}

type Mode = WatchView['mode'];

/** Whether anything is done by itself; the first that holds decides. */
export function modeOf(watch: WatchState): Mode {
  if (clusterDowntime(watch) !== undefined) return 'downtime';
  if (!watch.armed) return 'manual';
  if (watch.blocking !== undefined) return 'blocked';
  return watch.controller === null ? 'unwatched' : 'armed';
}

/** One word for a row: `auto`, `blocked`, `manual`, `downtime 25 min`. */
export function watchWord(watch: WatchState, words: Localizer, now: number): string {
  const downtime = clusterDowntime(watch);
  if (downtime !== undefined) return downtimeWord(downtime, words, now);
  if (!watch.armed) return words.t(sentences.watchManual);
  return words.t(watch.blocking === undefined ? sentences.watchAuto : sentences.watchHeldOff);
}

/** That a failover which nobody acknowledged holds off the next one, and how long; undefined where none does. */
export function blockedSays(
  watch: WatchState | undefined,
  words: Localizer,
  now: number,
): string | undefined {
  if (watch?.blocking === undefined || modeOf(watch) !== 'blocked') return undefined;
  return words.t(sentences.blockedSays, { time: clockTime(watch.blocking.until, now, words) });
}

/** `downtime 25 min`, or `downtime` where somebody must end it. */
export function downtimeWord({ until }: Downtime, words: Localizer, now: number): string {
  return until === null
    ? words.t(sentences.watchDowntime)
    : words.t(sentences.watchDowntimeFor, {
        time: span(Math.max(0, (until - now) / 1000), words),
      });
}

/** The downtime that an instance is in by itself; undefined where it is in none. */
export function downtimeOf(
  watch: WatchState | undefined,
  instance: InstanceKey,
): Downtime | undefined {
  return watch?.downtimes.find((it) => it.instance === instance);
}

/** Who keeps the watch, and what it may do: for the panel's header. */
export function watchViewOf(watch: WatchState, context: WatchContext): WatchView {
  const mode = modeOf(watch);
  const { tone, icon, word, action } = faces[mode];
  return {
    mode,
    tone,
    icon,
    word:
      mode === 'downtime' ? watchWord(watch, context.words, context.now) : context.words.t(word),
    says: saysOf(mode, watch, context),
    keeper: keeperOf(watch, context),
    proxies: watch.proxies.map((it) => proxyOf(it, watch, context)),
    action,
  };
}

interface Face {
  readonly tone: Tone;
  readonly icon: string;
  readonly word: string;
  readonly action: WatchView['action'];
}

const faces: Record<Mode, Face> = {
  armed: { tone: 'ok', icon: 'shield', word: sentences.watchArmed, action: 'disarm' },
  unwatched: {
    tone: 'error',
    icon: 'error',
    word: sentences.watchArmed,
    action: 'start-monitor',
  },
  blocked: { tone: 'warning', icon: 'debug-pause', word: sentences.watchBlocked, action: null },
  manual: { tone: 'muted', icon: 'debug-pause', word: sentences.watchDisarmed, action: 'arm' },
  downtime: { tone: 'muted', icon: 'bell-slash', word: '', action: 'end-downtime' },
};

function saysOf(mode: Mode, watch: WatchState, { words, now }: WatchContext): string {
  const { disarmed, blocking } = watch;
  const downtime = clusterDowntime(watch);
  if (downtime !== undefined) {
    const { until, owner, reason } = downtime;
    const end = until === null ? null : clockTime(until, now, words);
    return withReason(
      end === null
        ? words.t(sentences.downtimeOpen, { owner })
        : words.t(sentences.downtimeUntil, { owner, time: end }),
      reason,
    );
  }
  if (disarmed !== undefined) {
    const { by, at, reason } = disarmed;
    const time = clockTime(at, now, words);
    return withReason(words.t(sentences.disarmedBy, { by, time }), reason);
  }
  if (mode === 'manual') return words.t(sentences.notAsked);
  if (mode === 'unwatched') return words.t(sentences.noMonitor);
  if (blocking === undefined) return words.t(sentences.armedSays);
  return words.t(sentences.blockedUntil, {
    time: clockTime(blocking.until, now, words),
    failover: clockTime(blocking.by.startedAt, now, words),
  });
}

function keeperOf({ controller }: WatchState, { words, monitor }: WatchContext): string {
  if (controller === null) return words.t(sentences.keeperNobody);
  const { holder, us } = controller;
  if (us) return words.t(sentences.keeperWindow);
  return holder === monitor
    ? words.t(sentences.keeperMonitor, { holder })
    : words.t(sentences.keeperOther, { holder });
}

function proxyOf(
  proxy: WatchState['proxies'][number],
  { controller }: WatchState,
  { words, labelOf }: WatchContext,
): NamedValue {
  const { listen, state, target, connections, problem } = proxy;
  const values = { listen, target: target === null ? '' : labelOf(target), count: connections };
  if (state === 'leading') {
    return { name: listen, value: words.t(sentences.proxyLeads, values), tone: 'ok' };
  }
  if (state === 'holding') {
    return { name: listen, value: words.t(sentences.proxyHolds, values), tone: 'warning' };
  }
  if (problem === null && controller?.us === false) {
    return { name: listen, value: words.t(sentences.proxyElsewhere, values), tone: 'ok' };
  }
  const value = problem ?? words.t(sentences.proxyClosed, values);
  return { name: listen, value, tone: problem === null ? 'muted' : 'error' };
}

function clusterDowntime({ downtimes }: WatchState): Downtime | undefined {
  return downtimes.find((it) => it.instance === null);
}

function withReason(says: string, reason: string): string {
  return reason === '' ? says : `${says} (${reason})`;
}
