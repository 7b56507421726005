import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { BannerView } from '../../src/protocol/panel-state.ts';
import type { Remedy } from '../../src/protocol/remedy.ts';
import { icon, iconStyles } from './icon.ts';
import { look } from '../styles/shared-styles.ts';
import { t } from './panel-words.ts';
import type { PanelWords } from './panel-words.ts';
import { remedyWords } from './remedy-words.ts';
import { request } from '../emit.ts';

/** Why each of them does not is then all there is to read. */
const nobodyAnswers = 'NothingReachable';

/** A person says who belongs to the cluster. */
const aboutMembers: ReadonlySet<string> = new Set(['UnconfirmedInstance', 'MembersToReview']);

/** One finding: what is wrong, what may be done, and who saw it. */
@customElement('finding-banner')
export class FindingBanner extends LitElement {
  static override styles = [
    look,
    iconStyles,
    css`
      :host {
        display: flex;
        gap: 8px;
        padding: 6px 14px;
        border-left: 3px solid var(--tone-muted);
        border-bottom: 1px solid var(--line);
        background: var(--vscode-sideBar-background, var(--vscode-editor-background));
      }
      :host([tone='error']) {
        border-left-color: var(--tone-error);
      }
      :host([tone='warning']) {
        border-left-color: var(--tone-warning);
      }

      .face {
        margin-top: 2px;
      }

      .text {
        min-width: 0;
        overflow-wrap: anywhere;
      }

      .says {
        font-weight: 600;
      }

      .advice {
        color: var(--vscode-descriptionForeground);
      }

      .fix {
        margin: 4px 0;
      }

      summary {
        cursor: pointer;
        width: max-content;
        max-width: 100%;
      }

      li {
        user-select: text;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];

  @property({ attribute: false }) accessor banner: BannerView | undefined;
  @property({ attribute: false }) accessor words: PanelWords = {};

  override updated(): void {
    this.setAttribute('tone', this.banner?.tone ?? 'muted');
  }

  #fixButton({ instance, fixes }: BannerView): TemplateResult {
    const detail = { instance, item: fixes };
    return html`<vscode-button
      class="fix"
      appearance="secondary"
      @click=${() => this.dispatchEvent(new CustomEvent('fix', { detail }))}
      >${icon('wrench')} ${t(this.words, 'fix')}</vscode-button
    >`;
  }

  #remedyButton(remedy: Remedy, instance: string | null): TemplateResult {
    return html`<vscode-button
      class="fix"
      appearance="secondary"
      @click=${() => request(this, { kind: 'remedy', remedy, instance })}
      >${t(this.words, remedyWords[remedy])}</vscode-button
    >`;
  }

  #memberButtons({ code, instance }: BannerView): TemplateResult | typeof nothing {
    if (!aboutMembers.has(code)) {
      return nothing;
    }
    const button = (action: 'confirm' | 'ignore', word: 'confirmMember' | 'ignoreMember') =>
      html`<vscode-button
        class="fix"
        appearance="secondary"
        @click=${() => request(this, { kind: 'member', action, instance })}
        >${t(this.words, word)}</vscode-button
      >`;
    return html`${button('confirm', 'confirmMember')} ${button('ignore', 'ignoreMember')}`;
  }

  override render(): TemplateResult | typeof nothing {
    const { banner } = this;
    if (banner === undefined) {
      return nothing;
    }
    return html`
      <span class="face ${banner.tone}">${icon(banner.icon)}</span>
      <div class="text">
        <p class="says" title=${banner.code}>${banner.says}</p>
        ${banner.advice === '' ? nothing : html`<p class="advice">${banner.advice}</p>`}
        ${banner.fixes === null || banner.instance === null ? nothing : this.#fixButton(banner)}
        ${banner.remedy === null ? nothing : this.#remedyButton(banner.remedy, banner.instance)}
        ${this.#memberButtons(banner)}
        ${
          banner.evidence.length === 0
            ? nothing
            : html`<details ?open=${banner.code === nobodyAnswers}>
                <summary>${t(this.words, 'evidence')}</summary>
                <ul>
                  ${banner.evidence.map((it) => html`<li>${it}</li>`)}
                </ul>
              </details>`
        }
      </div>
    `;
  }
}
