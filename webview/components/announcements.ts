import type { PanelState } from '../../src/protocol/panel-state.ts';

export interface Announcements {
  readonly polite: string | undefined;
  /** Interrupts the reader: a plan began or ended, an answer to a wish came. */
  readonly assertive: string | undefined;
}

/** What a screen reader says when a state follows another; undefined where there is nothing new to say. */
export function announcements(before: PanelState | undefined, now: PanelState): Announcements {
  const summary = now.view?.summary.description;
  return {
    polite: summary === before?.view?.summary.description ? undefined : summary,
    assertive: before === undefined ? undefined : interruption(before, now),
  };
}

function interruption(before: PanelState, now: PanelState): string | undefined {
  if (now.result !== null && now.result.says !== before.result?.says) {
    return now.result.says;
  }
  if (now.progress !== null && now.progress.recovery !== before.progress?.recovery) {
    return now.progress.headline;
  }
  return undefined;
}
