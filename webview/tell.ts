import type { FromWebview } from '../src/protocol/messages.ts';

/** Asks the host for something: the root element passes it on, the elements only ask. */
export function ask(from: HTMLElement, message: FromWebview): void {
  from.dispatchEvent(new CustomEvent('ask', { detail: message, bubbles: true, composed: true }));
}

/** Tells the elements above of something that stays in the page. */
export function tell(from: HTMLElement, name: string, detail?: unknown): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
