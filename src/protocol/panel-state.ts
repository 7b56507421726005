import * as z from 'zod/mini';
import { remedy } from './remedy.ts';

/** How grave something is; the drawing repeats by colour what icon and words say. */
const tone = z.enum(['ok', 'info', 'warning', 'error', 'muted']);
export type Tone = z.infer<typeof tone>;

const named = z.readonly(z.object({ name: z.string(), value: z.string(), tone }));
/** One line of a table: a name, a value, and how grave the value is. */
export type NamedValue = z.infer<typeof named>;

const badge = z.readonly(z.object({ text: z.string(), title: z.string(), tone }));
export type Badge = z.infer<typeof badge>;

const strings = z.readonly(z.array(z.string()));

const card = z.readonly(
  z.object({
    key: z.string(),
    /** The shortest name that is unique in its cluster. */
    label: z.string(),
    role: z.enum([
      'master',
      'co-master',
      'replica',
      'intermediate',
      'detached',
      'group-member',
      'unknown',
    ]),
    roleWord: z.string(),
    tone,
    /** A codicon, without `codicon-`. */
    icon: z.string(),
    stateWord: z.string(),
    /** Short: for the tree, behind the label. */
    description: z.string(),
    /** At most four. */
    badges: z.readonly(z.array(badge)),
    /** null where there is nothing to lag behind. */
    lagText: z.nullable(z.string()),
    /** e.g. `MariaDB 10.11.19 · ROW`; empty when it never answered. */
    version: z.string(),
    tooltip: strings,
    /** Silent: drawn dashed, with what was last known. */
    ghost: z.boolean(),
    /** The card it hangs under; null for a root. A ring has none. */
    parent: z.nullable(z.string()),
    /** 1 for a root. */
    level: z.number(),
    canPromote: z.boolean(),
    canRejoin: z.boolean(),
    /** What keeps us from reading it, where a person can change that from here; null for nothing. */
    obstacle: z.nullable(z.enum(['user-refused', 'name-unresolved', 'key-changed'])),
    /** Absent where it runs in no container that we know. */
    container: z.optional(
      z.readonly(
        z.object({
          name: z.string(),
          activity: z.enum(['running', 'paused', 'stopped']),
          /** The compose project that it belongs to; null for none. */
          project: z.nullable(z.string()),
        }),
      ),
    ),
    /** For a screen reader, everything in one sentence. */
    spoken: z.string(),
  }),
);
export type CardView = z.infer<typeof card>;

const edge = z.readonly(
  z.object({
    /** The source. */
    from: z.string(),
    to: z.string(),
    flow: z.enum(['flowing', 'lagging', 'stopped', 'broken', 'unknown']),
    /** `branch`: the tree is laid out along it; `extra`: a second channel, or a link of a ring. */
    kind: z.enum(['branch', 'extra']),
  }),
);
export type EdgeView = z.infer<typeof edge>;

const banner = z.readonly(
  z.object({
    code: z.string(),
    tone,
    icon: z.string(),
    instance: z.nullable(z.string()),
    title: z.string(),
    says: z.string(),
    evidence: strings,
    advice: z.string(),
    /** What the doctor would mend; null where it cannot. */
    fixes: z.nullable(z.string()),
    /** What a person may do about it outside of the cluster; null for nothing. */
    remedy: z.nullable(remedy),
  }),
);
/** One finding, ready to read. */
export type BannerView = z.infer<typeof banner>;

const summary = z.readonly(
  z.object({ tone, icon: z.string(), description: z.string(), tooltip: strings }),
);
/** The whole cluster in one line. */
export type SummaryView = z.infer<typeof summary>;

const clusterView = z.readonly(
  z.object({
    cluster: z.string(),
    /** Milliseconds since the epoch, when the round ended. */
    at: z.number(),
    master: z.nullable(z.string()),
    summary,
    /** In the order of the tree: each before those that hang under it. */
    cards: z.readonly(z.array(card)),
    edges: z.readonly(z.array(edge)),
    /** Gravest first. */
    banners: z.readonly(z.array(banner)),
    /** Programs that read a binary log and are no replicas. `says`: of which server. */
    readers: z.readonly(z.array(z.readonly(z.object({ name: z.string(), says: z.string() })))),
  }),
);
export type ClusterView = z.infer<typeof clusterView>;

const statusGroup = z.readonly(z.object({ title: z.string(), rows: z.readonly(z.array(named)) }));
export type StatusGroup = z.infer<typeof statusGroup>;

const statusView = z.readonly(
  z.object({
    /** The channel's name; empty for the default channel. */
    channel: z.string(),
    /** The statement that this server really speaks. */
    statement: z.string(),
    groups: z.readonly(z.array(statusGroup)),
    /** As the client of the server prints it with `\G`. */
    raw: z.string(),
  }),
);
export type StatusView = z.infer<typeof statusView>;

const details = z.readonly(
  z.object({
    key: z.string(),
    overview: z.readonly(z.array(named)),
    status: z.readonly(z.array(statusView)),
  }),
);
/** All that is known of the chosen instance. */
export type InstanceDetails = z.infer<typeof details>;

const check = z.readonly(
  z.object({
    says: z.string(),
    measured: z.string(),
    verdict: z.enum(['passed', 'warning', 'failed']),
  }),
);
export type CheckView = z.infer<typeof check>;

const step = z.readonly(
  z.object({
    id: z.string(),
    on: z.string(),
    says: z.string(),
    sql: strings,
    state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped', 'undone']),
    /** How long it took; empty while that is unknown. */
    took: z.string(),
    note: z.string(),
  }),
);
export type StepView = z.infer<typeof step>;

const stage = z.readonly(
  z.object({
    title: z.string(),
    /** A failure in it undoes all that was done. */
    undoable: z.boolean(),
    lanes: z.readonly(z.array(z.readonly(z.array(step)))),
  }),
);
export type StageView = z.infer<typeof stage>;

const effect = z.readonly(z.object({ name: z.string(), texts: strings, tone }));
export type EffectView = z.infer<typeof effect>;

const planSheet = z.readonly(
  z.object({
    kind: z.literal('plan'),
    planId: z.string(),
    headline: z.string(),
    checks: z.readonly(z.array(check)),
    stages: z.readonly(z.array(stage)),
    effects: z.readonly(z.array(effect)),
    /** The button that runs it. */
    confirm: z.string(),
    /** What must be typed before it may run; null for nothing. */
    typed: z.nullable(z.readonly(z.object({ word: z.string(), says: z.string() }))),
  }),
);
export type PlanSheetView = z.infer<typeof planSheet>;

const refusalSheet = z.readonly(
  z.object({
    kind: z.literal('refusal'),
    headline: z.string(),
    because: strings,
    instead: strings,
    checks: z.readonly(z.array(check)),
    /** The instance whose promotion is possible if the named loss is accepted; null when it is not. */
    possibleWithLoss: z.nullable(z.string()),
  }),
);
export type RefusalView = z.infer<typeof refusalSheet>;

const sheet = z.discriminatedUnion('kind', [planSheet, refusalSheet]);
/** The answer to a wish. */
export type SheetView = z.infer<typeof sheet>;

const progress = z.readonly(
  z.object({
    recovery: z.string(),
    headline: z.string(),
    /** `Step 4 of 9`. */
    count: z.string(),
    steps: z.readonly(z.array(step)),
    /** It runs from this panel and has not passed the point of no return. */
    cancellable: z.boolean(),
  }),
);
export type ProgressView = z.infer<typeof progress>;

const result = z.readonly(
  z.object({
    tone,
    icon: z.string(),
    says: z.string(),
    /** One sentence each: problems, or how long writes stopped. */
    more: strings,
    steps: z.readonly(z.array(step)),
    /** The recovery that waits for an acknowledgement; null for none. */
    acknowledge: z.nullable(z.string()),
    /** What a person may do about a refusal; null for nothing. */
    remedy: z.nullable(remedy),
  }),
);
export type ResultView = z.infer<typeof result>;

const watch = z.readonly(
  z.object({
    /** `unwatched`: armed, but no monitor is running. */
    mode: z.enum(['armed', 'unwatched', 'blocked', 'manual', 'downtime']),
    tone,
    /** A codicon, without `codicon-`. */
    icon: z.string(),
    /** For a pill. */
    word: z.string(),
    /** Why, and when it ends; one sentence. */
    says: z.string(),
    /** Who keeps the watch; one sentence. */
    keeper: z.string(),
    /** Name: where applications connect to. */
    proxies: z.readonly(z.array(named)),
    /** What a person may do about it; null for nothing. */
    action: z.nullable(z.enum(['arm', 'disarm', 'end-downtime', 'start-monitor'])),
  }),
);
/** Automatic failover of the cluster: whether it acts, and who would. */
export type WatchView = z.infer<typeof watch>;

/** Everything the page draws. Complete each time: the page forgets the one before. */
export const panelStateSchema = z.readonly(
  z.object({
    cluster: z.string(),
    environment: z.readonly(
      z.object({ kind: z.enum(['lab', 'staging', 'production']), word: z.string() }),
    ),
    /** null before the first round has ended. */
    view: z.nullable(clusterView),
    /** null where nobody was asked to keep the watch. */
    watch: z.nullable(watch),
    /** By instance: what its menu decides by, e.g. `instance+replica+promotable+up`. */
    traits: z.readonly(z.record(z.string(), z.string())),
    /** Of the chosen instance; null when none is chosen or it is gone. */
    details: z.nullable(details),
    sheet: z.nullable(sheet),
    /** Why there is nothing to look for; null: it is looked for. */
    absent: z.nullable(z.string()),
    planning: z.boolean(),
    progress: z.nullable(progress),
    result: z.nullable(result),
  }),
);
export type PanelState = z.infer<typeof panelStateSchema>;
