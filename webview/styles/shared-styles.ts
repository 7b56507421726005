import { css } from 'lit';

/** What all elements share: colours come from the theme alone; a border shows where the theme wants contrast. */
export const look = css`
  :host {
    --tone-ok: var(--vscode-foreground);
    --tone-info: var(--vscode-foreground);
    --tone-muted: var(--vscode-descriptionForeground);
    --tone-warning: var(
      --vscode-list-warningForeground,
      var(--vscode-editorWarning-foreground, var(--vscode-foreground))
    );
    --tone-error: var(--vscode-list-errorForeground, var(--vscode-errorForeground));
    --line: var(--vscode-contrastBorder, var(--vscode-panel-border, transparent));
    --edge: var(--vscode-contrastBorder, transparent);
    box-sizing: border-box;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size, 13px);
    line-height: 1.5;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  [hidden] {
    display: none;
  }

  .ok {
    color: var(--tone-ok);
  }
  .info {
    color: var(--tone-info);
  }
  .muted {
    color: var(--tone-muted);
  }
  .warning {
    color: var(--tone-warning);
  }
  .error {
    color: var(--tone-error);
  }

  .mono {
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: var(--vscode-editor-font-size, 12px);
  }

  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  pre {
    margin: 0;
    padding: 0;
  }

  h1 {
    font-size: 1.25em;
    font-weight: 600;
  }

  h2,
  h3 {
    font-size: 1em;
    font-weight: 600;
  }

  ul,
  ol {
    list-style: none;
  }

  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 1px;
  }
`;
