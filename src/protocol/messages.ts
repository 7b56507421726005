import * as z from 'zod/mini';
import { panelStateSchema } from './panel-state.ts';
import { remedy } from './remedy.ts';

export const toWebviewSchema = z.discriminatedUnion('kind', [
  /** The page's own words in the user's language, by `PanelWord`. Sent before the first state. */
  z.readonly(
    z.object({
      kind: z.literal('words'),
      language: z.string(),
      words: z.readonly(z.record(z.string(), z.string())),
    }),
  ),
  /** `seq` grows with every state; an older one that arrives late is thrown away. */
  z.readonly(z.object({ kind: z.literal('state'), seq: z.number(), state: panelStateSchema })),
  /** Asked for by a command: choose this card. */
  z.readonly(z.object({ kind: z.literal('select'), instance: z.string() })),
]);
export type ToWebview = z.infer<typeof toWebviewSchema>;

const wish = z.discriminatedUnion('kind', [
  z.readonly(
    z.object({ kind: z.literal('promote'), instance: z.string(), acceptLoss: z.boolean() }),
  ),
  z.readonly(z.object({ kind: z.literal('rejoin'), instance: z.string() })),
  z.readonly(z.object({ kind: z.literal('fix'), instance: z.string(), item: z.string() })),
]);

export const fromWebviewSchema = z.discriminatedUnion('kind', [
  /** The page listens. */
  z.readonly(z.object({ kind: z.literal('ready') })),
  z.readonly(z.object({ kind: z.literal('select'), instance: z.nullable(z.string()) })),
  z.readonly(z.object({ kind: z.literal('plan'), wish })),
  /** `typed`: what the person typed where the sheet asked for a word; else empty. */
  z.readonly(z.object({ kind: z.literal('run'), planId: z.string(), typed: z.string() })),
  /** Stop the plan that runs. */
  z.readonly(z.object({ kind: z.literal('cancel') })),
  /** Put the sheet or the result away. */
  z.readonly(z.object({ kind: z.literal('dismiss'), what: z.enum(['sheet', 'result']) })),
  z.readonly(
    z.object({
      kind: z.literal('copy'),
      what: z.enum(['status', 'sql', 'value']),
      text: z.string(),
    }),
  ),
  z.readonly(z.object({ kind: z.literal('refresh') })),
  /** About automatic failover of the whole cluster. */
  z.readonly(
    z.object({
      kind: z.literal('watch'),
      action: z.enum(['arm', 'disarm', 'end-downtime', 'start-monitor']),
    }),
  ),
  /** About a name that is not confirmed as a member; null: asked for. */
  z.readonly(
    z.object({
      kind: z.literal('member'),
      action: z.enum(['confirm', 'ignore']),
      instance: z.nullable(z.string()),
    }),
  ),
  z.readonly(z.object({ kind: z.literal('acknowledge'), recovery: z.string() })),
  z.readonly(z.object({ kind: z.literal('open-settings') })),
  /** `instance`: the one that the finding is about; null: the cluster. */
  z.readonly(z.object({ kind: z.literal('remedy'), remedy, instance: z.nullable(z.string()) })),
]);
export type FromWebview = z.infer<typeof fromWebviewSchema>;
