import * as z from 'zod/mini';
import { toWebviewSchema } from '../src/protocol/messages.ts';
import type { FromWebview, ToWebview } from '../src/protocol/messages.ts';

// The page forbids making code from text, which is how zod would speed itself up.
z.config({ jitless: true });

interface EditorApi {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: Remembered): void;
}

declare function acquireVsCodeApi(): EditorApi;

const rememberedSchema = z.object({
  /** Which cluster to open again after a restart; the host reads it. */
  cluster: z.string(),
  selected: z.nullable(z.string()),
  zoom: z.nullable(z.object({ x: z.number(), y: z.number(), k: z.number() })),
  tab: z.enum(['overview', 'replication']),
  raw: z.boolean(),
});
/** What outlives the page. */
export type Remembered = z.infer<typeof rememberedSchema>;

export interface Host {
  post(message: FromWebview): void;
  listen(listener: (message: ToWebview) => void): void;
  remembered(): Remembered | undefined;
  remember(state: Remembered): void;
}

/** The only way to the extension and back. What does not fit the protocol is thrown away. */
export function connectHost(): Host {
  const editor = acquireVsCodeApi();
  return {
    // The editor's own channel, not a window's: it has no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (message) => editor.postMessage(message),
    listen: (listener) => {
      globalThis.addEventListener('message', (event: MessageEvent<unknown>) => {
        const message = toWebviewSchema.safeParse(event.data);
        if (message.success) {
          listener(message.data);
        }
      });
    },
    remembered: () => rememberedSchema.safeParse(editor.getState()).data,
    remember: (state) => editor.setState(state),
  };
}
