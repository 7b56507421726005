import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CardView } from '../../src/protocol/panel-state.ts';
import { icon, iconStyles } from './icon.ts';
import { look } from '../styles/shared-styles.ts';
import { cardSize } from '../layout/tree-layout.ts';
import type { Point } from '../layout/tree-layout.ts';

/** One instance. The canvas gives it its place and its part in the tree for screen readers. */
@customElement('instance-card')
export class InstanceCard extends LitElement {
  static override styles = [
    look,
    iconStyles,
    css`
      :host {
        position: absolute;
        top: 0;
        left: 0;
        display: flex;
        flex-direction: column;
        justify-content: center;
        gap: 1px;
        width: ${cardSize.width}px;
        height: ${cardSize.height}px;
        padding: 6px 10px 6px 9px;
        contain: strict;
        cursor: pointer;
        background: var(--vscode-editorWidget-background, var(--vscode-editor-background));
        color: var(--vscode-editorWidget-foreground, var(--vscode-foreground));
        border: 1px solid
          var(--vscode-contrastBorder, var(--vscode-editorWidget-border, transparent));
        border-left-width: 3px;
        border-radius: 4px;
      }

      :host([tone='warning']) {
        border-left-color: var(--tone-warning);
      }
      :host([tone='error']) {
        border-left-color: var(--tone-error);
      }
      :host([tone='ok']) {
        border-left-color: var(--vscode-charts-green, var(--vscode-foreground));
      }
      :host([ghost]) {
        border-style: dashed;
      }
      :host([chosen]) {
        outline: 2px solid var(--vscode-focusBorder);
        outline-offset: -1px;
      }
      :host([cursor]) {
        outline: 2px dashed var(--vscode-focusBorder);
        outline-offset: 2px;
      }
      :host([cursor][chosen]) {
        outline-style: solid;
      }

      .line {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
      }

      .face {
        display: flex;
      }

      .name {
        font-weight: 600;
        flex: 1 1 auto;
      }

      .name,
      .cut {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .small {
        font-size: 0.92em;
        color: var(--vscode-descriptionForeground);
      }

      .state {
        flex: 1 1 auto;
      }

      .lag {
        flex: none;
      }

      .badge {
        flex: none;
        padding: 0 5px;
        font-size: 10px;
        line-height: 15px;
        border: 1px solid currentcolor;
        border-radius: 3px;
        color: var(--vscode-descriptionForeground);
      }
      .badge.warning {
        color: var(--tone-warning);
      }
      .badge.ok {
        color: inherit;
      }
    `,
  ];

  @property({ attribute: false }) accessor card: CardView | undefined;
  @property({ attribute: false }) accessor place: Point = { x: 0, y: 0 };

  override updated(): void {
    this.style.transform = `translate(${String(this.place.x)}px, ${String(this.place.y)}px)`;
    this.setAttribute('tone', this.card?.tone ?? 'muted');
    this.toggleAttribute('ghost', this.card?.ghost ?? false);
  }

  override render(): TemplateResult | typeof nothing {
    const { card } = this;
    if (card === undefined) {
      return nothing;
    }
    return html`
      <div class="line">
        <span class="face ${card.tone}">${icon(card.icon)}</span>
        <span class="name" title=${card.key}>${card.label}</span>
        ${card.badges.map(
          (it) => html`<span class="badge ${it.tone}" title=${it.title}>${it.text}</span>`,
        )}
      </div>
      <div class="line small">
        <span class="cut" title=${card.version}>${card.version}</span>
      </div>
      <div class="line small">
        <span class="cut state" title="${card.roleWord} · ${card.stateWord}"
          >${card.roleWord} · <span class=${card.tone}>${card.stateWord}</span></span
        >
        ${card.lagText === null ? nothing : html`<span class="lag">${card.lagText}</span>`}
      </div>
    `;
  }
}
