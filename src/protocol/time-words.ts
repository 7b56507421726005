import { sentences } from './sentences.ts';
import type { Localizer } from './localizer.ts';

/** `12 s ago`. */
export function ago(sinceMs: number, words: Localizer): string {
  const seconds = Math.max(0, Math.round(sinceMs / 1000));
  if (seconds < 120) {
    return words.t(sentences.secondsAgo, { count: seconds });
  }
  return seconds < 7200
    ? words.t(sentences.minutesAgo, { count: Math.round(seconds / 60) })
    : words.t(sentences.hoursAgo, { count: Math.round(seconds / 3600) });
}

/** `3 min`: the largest unit that fits at least twice. */
export function span(seconds: number, words: Localizer): string {
  if (seconds < 120) {
    return words.t(sentences.seconds, { count: Math.round(seconds) });
  }
  if (seconds < 7200) {
    return words.t(sentences.minutes, { count: Math.round(seconds / 60) });
  }
  return seconds < 172_800
    ? words.t(sentences.hours, { count: Math.round(seconds / 3600) })
    : words.t(sentences.days, { count: Math.round(seconds / 86_400) });
}

/** `14:02`, with the day where it is not today's: `Nov 23, 14:02`. Times: milliseconds since the epoch. */
export function clockTime(at: number, now: number, { language }: Localizer): string {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const day = { month: 'short', day: 'numeric' } as const;
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  const format = new Intl.DateTimeFormat(language, today ? time : { ...day, ...time });
  return format.format(new Date(at));
}

/** `1.8`: seconds with one digit, two below a second. */
export function secondsText(ms: number): string {
  return (ms / 1000).toFixed(ms < 1000 ? 2 : 1);
}
