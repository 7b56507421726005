/** A scheduled event, with all that a change of its state would otherwise take from whoever changes it. */
export interface ScheduledEvent {
  readonly schema: string;
  readonly name: string;
  /** `user@host`. */
  readonly definer: string;
  /** What its statement was written in. */
  readonly charset: string;
  readonly collation: string;
}

/** The scheduled events of a server, as far as our user may see and move them. */
export interface ScheduledEvents {
  /** Those that run here while the scheduler is on; null without the right to see them. */
  readonly enabled: readonly ScheduledEvent[] | null;
  /** Those that came by replication and do not run here; null without the right to see them. */
  readonly asleep: readonly ScheduledEvent[] | null;
  /** Whether we may switch the scheduler. */
  readonly maySwitch: boolean;
  /** Whether we may enable an event in the name of its definer. */
  readonly mayEnable: boolean;
  /** The statement that gives our user all that it lacks; null when it lacks nothing. */
  readonly missingGrant: string | null;
}

export function isSameEvent(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.schema === b.schema && a.name === b.name;
}
