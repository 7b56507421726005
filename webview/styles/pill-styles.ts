import { css } from 'lit';

export const pillStyles = css`
  .pill {
    flex: none;
    padding: 0 8px;
    font-size: 0.85em;
    line-height: 1.5;
    border: 1px solid currentcolor;
    border-radius: 9px;
    color: var(--vscode-descriptionForeground);
  }

  .pill.production {
    color: var(--tone-error);
    font-weight: 600;
  }
`;
