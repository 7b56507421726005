import { css } from 'lit';
import { iconStyles } from '../components/icon.ts';
import { look } from './shared-styles.ts';
import { pillStyles } from './pill-styles.ts';
import { stepListStyles } from '../components/step-list.ts';

export const planSheetStyles = [
  look,
  iconStyles,
  pillStyles,
  stepListStyles,
  css`
    :host {
      display: flex;
      justify-content: center;
      align-items: flex-start;
      min-height: 0;
    }

    section {
      display: flex;
      flex-direction: column;
      width: min(860px, 100%);
      max-height: 100%;
      min-height: 0;
      background: var(--vscode-editor-background);
      border: 1px solid var(--line);
      border-top: none;
      box-shadow: 0 4px 16px var(--vscode-widget-shadow, transparent);
    }

    header {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 10px;
      padding: 14px 20px 8px;
    }

    h2 {
      font-size: 1.25em;
      min-width: 0;
      overflow-wrap: anywhere;
    }

    .content {
      flex: 1 1 auto;
      min-height: 0;
      overflow: auto;
      padding: 0 20px 14px;
    }

    h3 {
      margin: 14px 0 4px;
      border-bottom: 1px solid var(--line);
    }

    h4 {
      margin: 8px 0 2px;
      font-size: 1em;
      font-weight: 600;
      color: var(--vscode-descriptionForeground);
    }

    .stage-note {
      margin-left: 8px;
      font-weight: 400;
    }

    .reasons li {
      display: flex;
      gap: 8px;
      padding: 2px 0;
      overflow-wrap: anywhere;
    }
    .reasons .icon {
      margin-top: 2px;
    }

    .effects {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 2px 14px;
    }
    .effects dt {
      color: var(--vscode-descriptionForeground);
    }
    .effects dd {
      overflow-wrap: anywhere;
      color: var(--vscode-foreground);
    }
    .effects .warning {
      color: var(--tone-warning);
    }
    .effects .error {
      color: var(--tone-error);
    }

    footer {
      display: flex;
      flex-direction: column;
      gap: 10px;
      padding: 12px 20px 16px;
      border-top: 1px solid var(--line);
    }

    .buttons {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }

    .typed {
      width: min(360px, 100%);
    }
  `,
];
