import type { FromWebview } from '../src/protocol/messages.ts';

/** Asks the extension for something: the root element passes the message on. */
export function request(from: HTMLElement, message: FromWebview): void {
  from.dispatchEvent(
    new CustomEvent('request', { detail: message, bubbles: true, composed: true }),
  );
}

/** Fires an event for the elements above; it stays in the page. */
export function emit(from: HTMLElement, name: string, detail?: unknown): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
