import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { WatchView } from '../../src/protocol/panel-state.ts';
import { icon, iconStyles } from './icon.ts';
import { look } from '../styles/shared-styles.ts';
import { t } from './panel-words.ts';
import type { PanelWord } from '../../src/protocol/sentences.ts';
import type { PanelWords } from './panel-words.ts';
import { request } from '../emit.ts';

const actionWords: Record<NonNullable<WatchView['action']>, PanelWord> = {
  arm: 'arm',
  disarm: 'disarm',
  'end-downtime': 'endDowntime',
  'start-monitor': 'startMonitor',
};

/** Automatic failover in one line: whether it acts and why, who would, and where the proxies lead. */
@customElement('watch-strip')
export class WatchStrip extends LitElement {
  static override styles = [
    look,
    iconStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 14px;
        padding: 4px 8px 4px 14px;
        border-bottom: 1px solid var(--line);
        font-size: 0.95em;
      }

      .part {
        display: inline-flex;
        align-items: baseline;
        gap: 6px;
        min-width: 0;
        overflow-wrap: anywhere;
      }

      .part > .codicon {
        flex: none;
        align-self: center;
      }

      .word {
        font-weight: 600;
        white-space: nowrap;
      }

      .quiet {
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];

  @property({ attribute: false }) accessor watch: WatchView | undefined;
  @property({ attribute: false }) accessor words: PanelWords = {};

  override render(): TemplateResult | typeof nothing {
    const { watch, words } = this;
    if (watch === undefined) return nothing;
    return html`
      <span class="part mode">
        <span class=${watch.tone}>${icon(watch.icon)}</span>
        <span class="word">${watch.word}</span>
        <span class="quiet says">${watch.says}</span>
      </span>
      ${this.#button(watch)}
      <span class="part quiet keeper">${icon('eye')} ${watch.keeper}</span>
      ${watch.proxies.map(
        (it) =>
          html`<span class="part proxy" title=${t(words, 'proxy')}>
            ${icon('arrow-swap')} ${it.name}
            <span class=${it.tone === 'ok' ? 'quiet' : it.tone}>${it.value}</span>
          </span>`,
      )}
    `;
  }

  #button({ action }: WatchView): TemplateResult | typeof nothing {
    if (action === null) return nothing;
    return html`<vscode-button
      class="change"
      appearance="secondary"
      @click=${() => request(this, { kind: 'watch', action })}
      >${t(this.words, actionWords[action])}</vscode-button
    >`;
  }
}
