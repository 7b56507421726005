import { css, html } from 'lit';
import type { TemplateResult } from 'lit';
import type { NamedValue } from '../../src/protocol/panel-state.ts';

/** Names and values in two columns; long values wrap. */
export function namedValues(rows: readonly NamedValue[]): TemplateResult {
  return html`<dl class="values">
    ${rows.map(
      (it) =>
        html`<dt>${breakable(it.name)}</dt>
          <dd class=${it.tone === 'muted' ? 'plain' : it.tone}>${it.value}</dd>`,
    )}
  </dl>`;
}

/** Long names of columns break behind an underscore. */
function breakable(name: string): readonly TemplateResult[] {
  const parts = name.split('_');
  return parts.map((it, index) => (index < parts.length - 1 ? html`${it}_<wbr />` : html`${it}`));
}

export const namedValueStyles = css`
  .values {
    display: grid;
    grid-template-columns: minmax(0, 6fr) minmax(0, 7fr);
    line-height: 1.5;
    column-gap: 12px;
    row-gap: 2px;
  }

  .values dt {
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }

  .values dd {
    overflow-wrap: anywhere;
    user-select: text;
  }
`;
