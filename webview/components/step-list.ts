import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { CheckView, StepView } from '../../src/protocol/panel-state.ts';
import { icon } from './icon.ts';
import { t } from './panel-words.ts';
import type { PanelWords } from './panel-words.ts';

/** A mark says by shape what a word says to those who cannot see it. */
const marks = {
  passed: { glyph: 'check', tone: 'passed' },
  warning: { glyph: 'warning', tone: 'warning' },
  failed: { glyph: 'error', tone: 'error' },
  waiting: { glyph: 'circle-outline', tone: 'muted' },
  running: { glyph: 'sync~spin', tone: 'ok' },
  done: { glyph: 'check', tone: 'passed' },
  skipped: { glyph: 'circle-slash', tone: 'muted' },
  undone: { glyph: 'discard', tone: 'warning' },
} as const;

export function checkList(checks: readonly CheckView[], words: PanelWords): TemplateResult {
  return html`<ul class="checks">
    ${checks.map(
      (it) =>
        html`<li class=${it.verdict}>
          ${mark(it.verdict, words)}
          <span class="says">${it.says}</span>
          <span class="measured">${it.measured}</span>
        </li>`,
    )}
  </ul>`;
}

/** `withState`: each step with its mark; without, a plan that has not begun. */
export function stepList(
  steps: readonly StepView[],
  words: PanelWords,
  withState: boolean,
): TemplateResult {
  return html`<ol class="steps">
    ${steps.map(
      (it) =>
        html`<li class=${it.state} data-step=${it.id}>
          ${withState ? mark(it.state, words) : html`<span class="number">${it.id}</span>`}
          <div class="body">
            <p>
              <span class="host">${it.on}</span> ${it.says}
              ${it.took === '' ? nothing : html`<span class="took">${it.took}</span>`}
            </p>
            ${it.note === '' ? nothing : html`<p class="note">${it.note}</p>`}
            ${it.sql.length === 0 ? nothing : html`<pre class="mono">${it.sql.join('\n')}</pre>`}
          </div>
        </li>`,
    )}
  </ol>`;
}

function mark(of: keyof typeof marks, words: PanelWords): TemplateResult {
  const { glyph, tone } = marks[of];
  return html`<span class="mark ${tone}" role="img" aria-label=${t(words, of)}
    >${icon(glyph)}</span
  >`;
}

export const stepListStyles = css`
  .checks li,
  .steps li {
    display: flex;
    gap: 8px;
    padding: 3px 0;
    min-width: 0;
  }

  .mark,
  .number {
    flex: none;
    min-width: 16px;
    margin-top: 2px;
    line-height: 1;
  }

  .number {
    min-width: 22px;
    margin-top: 0;
    line-height: 1.5;
    text-align: right;
    color: var(--vscode-descriptionForeground);
    font-variant-numeric: tabular-nums;
  }

  .passed .icon {
    color: var(--vscode-testing-iconPassed, var(--vscode-foreground));
  }

  .checks .says {
    flex: 1 1 auto;
    min-width: 0;
    overflow-wrap: anywhere;
  }

  .checks .measured {
    flex: 0 1 auto;
    min-width: 0;
    max-width: 55%;
    overflow-wrap: anywhere;
    text-align: right;
    color: var(--vscode-descriptionForeground);
  }

  .checks .failed .measured,
  .checks .failed .says {
    color: var(--tone-error);
  }

  .body {
    flex: 1 1 auto;
    min-width: 0;
    overflow-wrap: anywhere;
  }

  .host {
    font-weight: 600;
  }

  .took,
  .note {
    color: var(--vscode-descriptionForeground);
  }

  .steps .failed .note {
    color: var(--tone-error);
  }

  .steps pre {
    margin-top: 2px;
    padding: 4px 8px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    user-select: text;
    background: var(--vscode-textCodeBlock-background);
    border: 1px solid var(--edge);
  }
`;
