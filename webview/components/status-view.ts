import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { StatusView } from '../../src/protocol/panel-state.ts';
import { icon, iconStyles } from './icon.ts';
import { look } from '../styles/shared-styles.ts';
import { namedValues, namedValueStyles } from './named-values.ts';
import { t } from './panel-words.ts';
import type { PanelWords } from './panel-words.ts';
import { request, emit } from '../emit.ts';

/** One status row of a replica: in groups, or raw as the server's client prints it. Tells `raw`. */
@customElement('status-view')
export class StatusViewElement extends LitElement {
  static override styles = [
    look,
    iconStyles,
    namedValueStyles,
    css`
      :host {
        display: block;
      }

      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px;
        margin-bottom: 8px;
      }

      h3 {
        flex: 1 1 auto;
        min-width: 0;
        overflow-wrap: anywhere;
      }

      h4 {
        margin: 10px 0 2px;
        font-size: 0.92em;
        font-weight: 600;
        color: var(--vscode-descriptionForeground);
        border-bottom: 1px solid var(--line);
      }

      pre {
        overflow: auto;
        padding: 8px;
        user-select: text;
        white-space: pre;
        background: var(--vscode-textCodeBlock-background);
        color: var(--vscode-foreground);
        border: 1px solid var(--edge);
      }

      .note {
        margin-top: 10px;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];

  @property({ attribute: false }) accessor status: StatusView | undefined;
  @property({ type: Boolean }) accessor raw = false;
  @property({ attribute: false }) accessor words: PanelWords = {};

  override render(): TemplateResult | typeof nothing {
    const { status, raw, words } = this;
    if (status === undefined) {
      return nothing;
    }
    return html`
      <header>
        <h3 class="mono">
          ${status.statement}${status.channel === '' ? '' : ` (${status.channel})`}
        </h3>
        <vscode-button
          class="toggle"
          appearance="secondary"
          aria-pressed=${raw ? 'true' : 'false'}
          @click=${() => emit(this, 'raw', !raw)}
          >${t(words, raw ? 'grouped' : 'raw')}</vscode-button
        >
        <vscode-button
          class="copy"
          appearance="secondary"
          @click=${() => request(this, { kind: 'copy', what: 'status', text: status.raw })}
          >${icon('copy')}&nbsp;${t(words, 'copy')}</vscode-button
        >
      </header>
      ${raw ? this.#raw(status) : this.#grouped(status)}
    `;
  }

  #raw(status: StatusView): TemplateResult {
    return html`<pre class="mono" tabindex="0" role="region" aria-label=${status.statement}>
${status.raw}</pre>`;
  }

  #grouped(status: StatusView): TemplateResult {
    return html`${status.groups.map(
        (it) =>
          html`<h4>${it.title}</h4>
            ${namedValues(it.rows)}`,
      )}
      <p class="note">${t(this.words, 'emptyFields')}</p>`;
  }
}
