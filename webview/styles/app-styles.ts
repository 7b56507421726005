import { css } from 'lit';
import { iconStyles } from '../components/icon.ts';
import { look } from './shared-styles.ts';
import { pillStyles } from './pill-styles.ts';

export const appStyles = [
  look,
  iconStyles,
  pillStyles,
  css`
    :host {
      display: block;
      height: 100%;
      word-break: keep-all;
    }

    .page {
      position: relative;
      height: 100%;
      overflow: hidden;
    }

    .under {
      display: flex;
      flex-direction: column;
      height: 100%;
      min-height: 0;
    }

    .strip {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 10px;
      padding: 6px 8px 6px 14px;
      border-bottom: 1px solid var(--line);
    }

    h1 {
      min-width: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }

    .summary {
      min-width: 0;
      color: var(--vscode-descriptionForeground);
      overflow-wrap: anywhere;
    }

    .planning {
      display: inline-flex;
      align-items: center;
      gap: 6px;
    }

    .gap {
      flex: 1 1 auto;
    }

    .tools {
      display: flex;
      gap: 2px;
    }

    .banners {
      flex: none;
      max-height: 30vh;
      overflow: auto;
    }

    main {
      flex: 1 1 auto;
      min-height: 0;
      display: grid;
      grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    }

    main.split {
      grid-template-columns: minmax(0, 1fr) minmax(300px, 38%);
    }

    @media (max-width: 700px) {
      main.split {
        grid-template: minmax(0, 1fr) minmax(0, 1fr) / minmax(0, 1fr);
      }
      main.split details-pane {
        border-left: none;
        border-top: 1px solid var(--line);
      }
    }

    .veil {
      position: absolute;
      inset: 0;
      display: grid;
      grid-template: minmax(0, 1fr) / minmax(0, 1fr);
      padding-bottom: 16px;
    }
    .veil::before {
      content: '';
      position: absolute;
      inset: 0;
      background: var(--vscode-editor-background);
      opacity: 0.7;
    }
    plan-sheet {
      position: relative;
      max-height: 100%;
    }

    .loading {
      display: flex;
      flex: 1 1 auto;
      flex-direction: column;
      align-items: center;
      justify-content: center;
      gap: 12px;
      height: 100%;
      color: var(--vscode-descriptionForeground);
    }

    .unseen {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  `,
];
