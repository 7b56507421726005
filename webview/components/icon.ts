import { css, html } from 'lit';
import type { TemplateResult } from 'lit';

/** Code points of the codicon font. Its style sheet cannot reach into shadow roots, the font can. */
export const codePoints: Readonly<Record<string, number>> = {
  'arrow-circle-up': 0xebff,
  'arrow-right': 0xea9c,
  'arrow-swap': 0xebcb,
  'bell-dot': 0xeb9a,
  'bell-slash': 0xec08,
  check: 0xeab2,
  'chevron-down': 0xeab4,
  'chevron-right': 0xeab6,
  'circle-outline': 0xeabc,
  'circle-slash': 0xeabd,
  clock: 0xea82,
  close: 0xea76,
  copy: 0xebcc,
  database: 0xeace,
  'debug-disconnect': 0xead0,
  'debug-pause': 0xead1,
  'debug-restart': 0xead2,
  discard: 0xeae2,
  error: 0xea87,
  eye: 0xea70,
  info: 0xea74,
  loading: 0xeb19,
  organization: 0xea7e,
  'pass-filled': 0xebb3,
  question: 0xeb32,
  refresh: 0xeb37,
  'screen-full': 0xeb4c,
  'server-environment': 0xeba3,
  'settings-gear': 0xeb51,
  shield: 0xeb53,
  'star-full': 0xeb59,
  'star-half': 0xeb5a,
  sync: 0xea77,
  'type-hierarchy-sub': 0xebba,
  'vm-outline': 0xeb7a,
  warning: 0xea6c,
  'zoom-in': 0xeb81,
  'zoom-out': 0xeb82,
};

/** A picture beside words that say the same; `name~spin` turns. */
export function icon(name: string): TemplateResult {
  const [glyph = name, motion] = name.split('~');
  const text = String.fromCodePoint(codePoints[glyph] ?? 0xeabc);
  return html`<span class="icon ${motion === 'spin' ? 'spin' : ''}" aria-hidden="true"
    >${text}</span
  >`;
}

export const iconStyles = css`
  .icon {
    font: normal normal normal 16px/1 codicon;
    display: inline-block;
    vertical-align: text-bottom;
    width: 16px;
    height: 16px;
    flex: none;
    text-align: center;
    user-select: none;
    -webkit-font-smoothing: antialiased;
  }

  .spin {
    animation: turn 1.5s linear infinite;
  }

  @keyframes turn {
    to {
      transform: rotate(360deg);
    }
  }

  @media (prefers-reduced-motion: reduce) {
    .spin {
      animation: none;
    }
  }
`;
