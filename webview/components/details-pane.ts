import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CardView, InstanceDetails } from '../../src/protocol/panel-state.ts';
import { icon, iconStyles } from './icon.ts';
import { look } from '../styles/shared-styles.ts';
import { namedValues, namedValueStyles } from './named-values.ts';
import { t } from './panel-words.ts';
import type { PanelWords } from './panel-words.ts';
import './status-view.ts';
import { request, emit } from '../emit.ts';

export type DetailsTab = 'overview' | 'replication';

/** All that is known of the chosen instance, and what may be done with it. Tells `tab`, `close-details`. */
@customElement('details-pane')
export class DetailsPane extends LitElement {
  static override styles = [
    look,
    iconStyles,
    namedValueStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
        background: var(--vscode-sideBar-background, var(--vscode-editor-background));
        border-left: 1px solid var(--line);
      }

      header {
        display: flex;
        align-items: flex-start;
        gap: 6px;
        padding: 10px 8px 4px 14px;
      }

      h2 {
        flex: 1 1 auto;
        min-width: 0;
        overflow-wrap: anywhere;
      }

      header .icon {
        margin-top: 2px;
      }

      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        padding: 4px 14px 6px;
      }

      vscode-panels {
        flex: 1 1 auto;
        min-height: 0;
        overflow: auto;
        padding: 0 14px;
      }

      vscode-panel-view {
        padding: 10px 0 14px;
      }

      .view {
        width: 100%;
        min-width: 0;
      }

      status-view + status-view {
        margin-top: 20px;
      }
    `,
  ];

  @property({ attribute: false }) accessor card: CardView | undefined;
  @property({ attribute: false }) accessor details: InstanceDetails | null = null;
  @property({ attribute: false }) accessor tab: DetailsTab = 'overview';
  @property({ type: Boolean }) accessor raw = false;
  @property({ attribute: false }) accessor words: PanelWords = {};

  override render(): TemplateResult | typeof nothing {
    const { card, words } = this;
    if (card === undefined) {
      return nothing;
    }
    return html`
      <header>
        <span class=${card.tone}>${icon(card.icon)}</span>
        <h2 title=${card.key}>${card.label}</h2>
        <vscode-button
          appearance="icon"
          aria-label=${t(words, 'hideDetails')}
          title=${t(words, 'hideDetails')}
          @click=${() => emit(this, 'close-details')}
          >${icon('close')}</vscode-button
        >
      </header>
      ${this.#actions(card)}
      <vscode-panels
        activeid="tab-${this.tab}"
        aria-label=${card.label}
        @change=${(event: Event) => this.#changeTab(event)}
      >
        <vscode-panel-tab id="tab-overview">${t(words, 'overview')}</vscode-panel-tab>
        <vscode-panel-tab id="tab-replication">${t(words, 'replication')}</vscode-panel-tab>
        <vscode-panel-view id="view-overview"
          ><div class="view">${namedValues(this.details?.overview ?? [])}</div></vscode-panel-view
        >
        <vscode-panel-view id="view-replication"
          ><div class="view">${this.#replication()}</div></vscode-panel-view
        >
      </vscode-panels>
    `;
  }

  #actions(card: CardView): TemplateResult | typeof nothing {
    if (!card.canPromote && !card.canRejoin) {
      return nothing;
    }
    const { words } = this;
    const instance = card.key;
    const promote = { kind: 'promote', instance, acceptLoss: false } as const;
    return html`<div class="actions">
      ${
        card.canPromote
          ? html`<vscode-button
              class="promote"
              appearance="secondary"
              @click=${() => request(this, { kind: 'plan', wish: promote })}
              >${t(words, 'promote')}</vscode-button
            >`
          : nothing
      }
      ${
        card.canRejoin
          ? html`<vscode-button
              class="rejoin"
              appearance="secondary"
              @click=${() => request(this, { kind: 'plan', wish: { kind: 'rejoin', instance } })}
              >${t(words, 'rejoin')}</vscode-button
            >`
          : nothing
      }
    </div>`;
  }

  #replication(): TemplateResult {
    const status = this.details?.status ?? [];
    if (status.length === 0) {
      const known = (this.card?.version ?? '') !== '';
      return html`<p>${t(this.words, known ? 'noReplication' : 'noAnswerYet')}</p>`;
    }
    return html`${status.map(
      (it) => html`<status-view .status=${it} .words=${this.words} ?raw=${this.raw}></status-view>`,
    )}`;
  }

  #changeTab({ currentTarget }: Event): void {
    const active =
      currentTarget !== null && 'activeid' in currentTarget ? currentTarget.activeid : undefined;
    const tab: DetailsTab = active === 'tab-replication' ? 'replication' : 'overview';
    if (tab !== this.tab) {
      emit(this, 'tab', tab);
    }
  }
}
