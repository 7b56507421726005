import { css } from 'lit';
import { look } from './shared-styles.ts';

export const canvasStyles = [
  look,
  css`
    :host {
      display: block;
      position: relative;
      overflow: hidden;
      min-height: 0;
      min-width: 0;
    }

    .viewport {
      position: absolute;
      inset: 0;
      overflow: hidden;
      cursor: grab;
    }
    .viewport:active {
      cursor: grabbing;
    }
    .viewport:focus-visible {
      outline: 1px solid var(--vscode-focusBorder);
      outline-offset: -1px;
    }

    .layer {
      position: absolute;
      top: 0;
      left: 0;
      transform-origin: 0 0;
    }
    .layer.moving {
      will-change: transform;
    }

    svg {
      position: absolute;
      top: 0;
      left: 0;
      overflow: visible;
      pointer-events: none;
    }

    .edge {
      fill: none;
      stroke: var(--vscode-descriptionForeground);
      stroke-width: 1.5;
    }
    .edge.extra {
      stroke-dasharray: 6 4;
    }
    .edge.lagging {
      stroke: var(--tone-warning);
    }
    .edge.stopped {
      stroke: var(--tone-warning);
      stroke-dasharray: 3 5;
    }
    .edge.broken {
      stroke: var(--tone-error);
      stroke-dasharray: 3 5;
      stroke-width: 2;
    }
    .edge.unknown {
      stroke-dasharray: 1 5;
      stroke-linecap: round;
    }
  `,
];
