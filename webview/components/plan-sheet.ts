import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type {
  PanelState,
  PlanSheetView,
  RefusalView,
  SheetView,
  StageView,
} from '../../src/protocol/panel-state.ts';
import { sqlText } from '../../src/protocol/sql-text.ts';
import { icon } from './icon.ts';
import { t } from './panel-words.ts';
import type { PanelWords } from './panel-words.ts';
import { planSheetStyles } from '../styles/plan-sheet-styles.ts';
import { checkList, stepList } from './step-list.ts';
import { request } from '../emit.ts';

/** The plan before it runs, or why there is none. Made from the plan itself; nothing runs from here unasked. */
@customElement('plan-sheet')
export class PlanSheet extends LitElement {
  static override styles = planSheetStyles;

  @property({ attribute: false }) accessor sheet: SheetView | null = null;
  @property({ attribute: false }) accessor environment: PanelState['environment'] | undefined;
  @property({ attribute: false }) accessor words: PanelWords = {};
  @state() private accessor typed = '';

  #shown = '';

  override willUpdate(): void {
    const identity = identityOf(this.sheet);
    if (identity !== this.#shown) {
      this.typed = '';
    }
  }

  override updated(): void {
    const identity = identityOf(this.sheet);
    if (identity !== this.#shown) {
      this.#shown = identity;
      this.renderRoot.querySelector<HTMLElement>('.cancel')?.focus();
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { sheet, environment } = this;
    if (sheet === null) {
      return nothing;
    }
    return html`
      <section
        role="dialog"
        aria-modal="true"
        aria-labelledby="headline"
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      >
        <header>
          <h2 id="headline">${sheet.headline}</h2>
          <span class="pill ${environment?.kind ?? ''}">${environment?.word ?? ''}</span>
        </header>
        <div class="content" tabindex="0" role="group" aria-labelledby="headline">
          ${sheet.kind === 'plan' ? this.#plan(sheet) : this.#refusal(sheet)}
        </div>
        ${sheet.kind === 'plan' ? this.#planFooter(sheet) : this.#refusalFooter(sheet)}
      </section>
    `;
  }

  #plan(plan: PlanSheetView): TemplateResult {
    const { words } = this;
    return html`
      <h3>${t(words, 'checks')}</h3>
      ${checkList(plan.checks, words)}
      <h3>${t(words, 'effects')}</h3>
      <dl class="effects">
        ${plan.effects.map(
          (it) =>
            html`<dt>${it.name}</dt>
              <dd class=${it.tone}>${it.texts.map((text) => html`<p>${text}</p>`)}</dd>`,
        )}
      </dl>
      <h3>${t(words, 'steps')}</h3>
      ${plan.stages.map((it) => this.#stage(it))}
    `;
  }

  #stage(stage: StageView): TemplateResult {
    const { words } = this;
    const notes = [
      ...(stage.lanes.length > 1 ? [t(words, 'sideBySide')] : []),
      ...(stage.undoable ? [t(words, 'undoable')] : []),
    ];
    return html`<div class="stage">
      <h4>${stage.title}<span class="stage-note">${notes.join(' · ')}</span></h4>
      ${stage.lanes.map((lane) => stepList(lane, words, false))}
    </div>`;
  }

  #refusal(refusal: RefusalView): TemplateResult {
    const { words } = this;
    return html`
      <h3>${t(words, 'reasons')}</h3>
      <ul class="reasons">
        ${refusal.because.map(
          (it) =>
            html`<li><span class="error">${icon('circle-slash')}</span> <span>${it}</span></li>`,
        )}
      </ul>
      ${
        refusal.instead.length === 0
          ? nothing
          : html`<h3>${t(words, 'instead')}</h3>
              <ul class="reasons">
                ${refusal.instead.map(
                  (it) => html`<li>${icon('arrow-right')} <span>${it}</span></li>`,
                )}
              </ul>`
      }
      ${
        refusal.checks.length === 0
          ? nothing
          : html`<h3>${t(words, 'checks')}</h3>
              ${checkList(refusal.checks, words)}`
      }
    `;
  }

  #planFooter(plan: PlanSheetView): TemplateResult {
    const { words } = this;
    const mayRun = plan.typed === null || plan.typed.word === this.typed;
    return html`<footer>
      ${plan.typed === null ? nothing : this.#typing(plan.typed.says)}
      <div class="buttons">
        <vscode-button class="run" ?disabled=${!mayRun} @click=${() => this.#run(plan, mayRun)}
          >${plan.confirm}</vscode-button
        >
        <vscode-button
          class="copy"
          appearance="secondary"
          @click=${() => request(this, { kind: 'copy', what: 'sql', text: sqlText(plan) })}
          >${t(words, 'copySql')}</vscode-button
        >
        ${this.#cancel()}
      </div>
    </footer>`;
  }

  #typing(says: string): TemplateResult {
    return html`<vscode-text-field
      class="typed"
      .value=${this.typed}
      @input=${(event: Event) => this.#type(event)}
      >${says}</vscode-text-field
    >`;
  }

  #refusalFooter(refusal: RefusalView): TemplateResult {
    const { words } = this;
    const instance = refusal.possibleWithLoss;
    return html`<footer>
      <div class="buttons">
        ${
          instance === null
            ? nothing
            : html`<vscode-button
                class="accept-loss"
                appearance="secondary"
                @click=${() =>
                  request(this, {
                    kind: 'plan',
                    wish: { kind: 'promote', instance, acceptLoss: true },
                  })}
                >${t(words, 'acceptLoss')}</vscode-button
              >`
        }
        ${this.#cancel()}
      </div>
    </footer>`;
  }

  #cancel(): TemplateResult {
    const word = this.sheet?.kind === 'plan' ? 'cancel' : 'close';
    return html`<vscode-button class="cancel" appearance="secondary" @click=${() => this.#dismiss()}
      >${t(this.words, word)}</vscode-button
    >`;
  }

  #type(event: Event): void {
    const { target } = event;
    if (target instanceof HTMLElement && 'value' in target) {
      this.typed = String(target.value);
    }
  }

  #run(plan: PlanSheetView, mayRun: boolean): void {
    if (mayRun) {
      request(this, { kind: 'run', planId: plan.planId, typed: this.typed });
    }
  }

  #dismiss(): void {
    request(this, { kind: 'dismiss', what: 'sheet' });
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.#dismiss();
    }
  }
}

/** A new plan clears what was typed for the one before. */
function identityOf(sheet: SheetView | null): string {
  if (sheet === null) {
    return '';
  }
  return sheet.kind === 'plan' ? sheet.planId : `refusal ${sheet.headline}`;
}
