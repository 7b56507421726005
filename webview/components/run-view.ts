import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ProgressView, ResultView } from '../../src/protocol/panel-state.ts';
import type { Remedy } from '../../src/protocol/remedy.ts';
import { icon, iconStyles } from './icon.ts';
import { look } from '../styles/shared-styles.ts';
import { t } from './panel-words.ts';
import type { PanelWords } from './panel-words.ts';
import { remedyWords } from './remedy-words.ts';
import { stepList, stepListStyles } from './step-list.ts';
import { request } from '../emit.ts';

/** A plan while it runs, step by step, and one line for how it ended. */
@customElement('run-view')
export class RunView extends LitElement {
  static override styles = [
    look,
    iconStyles,
    stepListStyles,
    css`
      :host {
        display: block;
        border-bottom: 1px solid var(--line);
        background: var(--vscode-sideBar-background, var(--vscode-editor-background));
      }

      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        padding: 6px 14px;
      }

      .says {
        flex: 1 1 240px;
        min-width: 0;
        overflow-wrap: anywhere;
        font-weight: 600;
      }

      .more {
        font-weight: 400;
        color: var(--vscode-descriptionForeground);
      }

      .steps {
        max-height: 38vh;
        overflow: auto;
        padding: 0 14px 8px;
        border-top: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) accessor progress: ProgressView | null = null;
  @property({ attribute: false }) accessor result: ResultView | null = null;
  @property({ attribute: false }) accessor words: PanelWords = {};
  @state() private accessor open = false;

  override render(): TemplateResult | typeof nothing {
    if (this.progress !== null) {
      return this.#running(this.progress);
    }
    return this.result === null ? nothing : this.#ended(this.result);
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('progress')) {
      this.renderRoot.querySelector('.steps .running')?.scrollIntoView({ block: 'nearest' });
    }
  }

  #running(progress: ProgressView): TemplateResult {
    const { words } = this;
    return html`<div class="line">
        ${icon('sync~spin')}
        <p class="says">${progress.headline} <span class="more">${progress.count}</span></p>
        ${
          progress.cancellable
            ? html`<vscode-button
                class="stop"
                appearance="secondary"
                @click=${() => request(this, { kind: 'cancel' })}
                >${t(words, 'cancel')}</vscode-button
              >`
            : nothing
        }
      </div>
      <div class="steps" tabindex="0" role="group" aria-label=${t(words, 'steps')}>
        ${stepList(progress.steps, words, true)}
      </div>`;
  }

  #remedyButton(remedy: Remedy): TemplateResult {
    return html`<vscode-button
      class="remedy"
      @click=${() => request(this, { kind: 'remedy', remedy, instance: null })}
      >${t(this.words, remedyWords[remedy])}</vscode-button
    >`;
  }

  #ended(result: ResultView): TemplateResult {
    const { words, open } = this;
    const { acknowledge, remedy } = result;
    return html`<div class="line">
        <span class=${result.tone}>${icon(result.icon)}</span>
        <div class="says">
          <p>${result.says}</p>
          ${result.more.map((it) => html`<p class="more">${it}</p>`)}
        </div>
        ${
          result.steps.length === 0
            ? nothing
            : html`<vscode-button
                class="show-steps"
                appearance="secondary"
                aria-expanded=${open ? 'true' : 'false'}
                @click=${() => (this.open = !open)}
                >${t(words, 'steps')}</vscode-button
              >`
        }
        ${remedy === null ? nothing : this.#remedyButton(remedy)}
        ${
          acknowledge === null
            ? nothing
            : html`<vscode-button
                class="acknowledge"
                @click=${() => request(this, { kind: 'acknowledge', recovery: acknowledge })}
                >${t(words, 'acknowledge')}</vscode-button
              >`
        }
        <vscode-button
          class="dismiss"
          appearance="icon"
          aria-label=${t(words, 'dismiss')}
          title=${t(words, 'dismiss')}
          @click=${() => request(this, { kind: 'dismiss', what: 'result' })}
          >${icon('close')}</vscode-button
        >
      </div>
      ${
        open && result.steps.length > 0
          ? html`<div class="steps" tabindex="0" role="group" aria-label=${t(words, 'steps')}>
              ${stepList(result.steps, words, true)}
            </div>`
          : nothing
      }`;
  }
}
