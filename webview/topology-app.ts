import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { FromWebview, ToWebview } from '../src/protocol/messages.ts';
import type { CardView, ClusterView, PanelState } from '../src/protocol/panel-state.ts';
import { announcements } from './components/announcements.ts';
import { appStyles } from './styles/app-styles.ts';
import './components/details-pane.ts';
import type { DetailsTab } from './components/details-pane.ts';
import './components/finding-banner.ts';
import type { ZoomPlace } from './layout/fit-place.ts';
import { connectHost } from './host.ts';
import { icon } from './components/icon.ts';
import { t } from './components/panel-words.ts';
import type { PanelWords } from './components/panel-words.ts';
import './components/plan-sheet.ts';
import './components/run-view.ts';
import { registerControls } from './components/toolkit.ts';
import './components/topology-canvas.ts';
import type { TopologyCanvas } from './components/topology-canvas.ts';
import './components/watch-strip.ts';

registerControls();

/** The whole page: keeps the newest state, hands it down, and passes what is asked on to the host. */
@customElement('topology-app')
export class TopologyApp extends LitElement {
  static override styles = appStyles;

  @state() private accessor words: PanelWords = {};
  @state() private accessor panel: PanelState | undefined;
  @state() private accessor selected: string | null = null;
  @state() private accessor tab: DetailsTab = 'overview';
  @state() private accessor raw = false;
  @state() private accessor polite = '';
  @state() private accessor assertive = '';
  @query('topology-canvas') private accessor canvas!: TopologyCanvas | null;

  readonly #host = connectHost();
  #zoom: ZoomPlace | null = null;
  #seq = -1;

  constructor() {
    super();
    const before = this.#host.remembered();
    if (before !== undefined) {
      this.selected = before.selected;
      this.tab = before.tab;
      this.raw = before.raw;
      this.#zoom = before.zoom;
    }
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#host.listen((message) => this.#receive(message));
    this.#host.post({ kind: 'ready' });
    if (this.selected !== null) {
      this.#host.post({ kind: 'select', instance: this.selected });
    }
  }

  override render(): TemplateResult {
    const { panel } = this;
    const busy = panel?.sheet !== null && panel?.sheet !== undefined;
    return html`
      <div
        class="page"
        @request=${(event: CustomEvent<FromWebview>) => this.#host.post(event.detail)}
        @contextmenu=${(event: Event) => this.#menu(event)}
      >
        ${panel === undefined ? this.#loading() : this.#page(panel, busy)}
        <div class="unseen" role="status">${this.polite}</div>
        <div class="unseen" role="alert">${this.assertive}</div>
      </div>
    `;
  }

  #page(panel: PanelState, busy: boolean): TemplateResult {
    const { words } = this;
    return html`
      <div class="under" ?inert=${busy}>
        ${this.#strip(panel)}
        ${
          panel.watch === null
            ? nothing
            : html`<watch-strip
                role="region"
                aria-label=${t(words, 'watch')}
                .watch=${panel.watch}
                .words=${words}
              ></watch-strip>`
        }
        ${
          panel.progress === null && panel.result === null
            ? nothing
            : html`<run-view
                .progress=${panel.progress}
                .result=${panel.result}
                .words=${words}
              ></run-view>`
        }
        ${panel.view === null ? this.#loading(panel.absent) : this.#cluster(panel, panel.view)}
      </div>
      ${
        busy
          ? html`<div class="veil">
              <plan-sheet
                .sheet=${panel.sheet}
                .environment=${panel.environment}
                .words=${words}
              ></plan-sheet>
            </div>`
          : nothing
      }
    `;
  }

  #strip({ cluster, environment, view, planning }: PanelState): TemplateResult {
    const { words } = this;
    return html`<header class="strip">
      <h1 title=${cluster}>${cluster}</h1>
      <span class="pill ${environment.kind}">${environment.word}</span>
      ${view === null ? nothing : html`<span class="summary">${view.summary.description}</span>`}
      ${
        planning
          ? html`<span class="planning">${icon('sync~spin')} ${t(words, 'planning')}</span>`
          : nothing
      }
      <span class="gap"></span>
      <div class="tools" role="toolbar" aria-label=${t(words, 'moreActions')}>
        ${this.#tool('refresh', 'refresh', () => this.#host.post({ kind: 'refresh' }))}
        ${this.#tool('zoom-out', 'zoomOut', () => this.canvas?.zoomBy(0.8))}
        ${this.#tool('zoom-in', 'zoomIn', () => this.canvas?.zoomBy(1.25))}
        ${this.#tool('screen-full', 'fit', () => this.#fit())}
        ${this.#tool('settings-gear', 'settings', () => this.#host.post({ kind: 'open-settings' }))}
      </div>
    </header>`;
  }

  #tool(
    glyph: string,
    word: 'refresh' | 'zoomIn' | 'zoomOut' | 'fit' | 'settings',
    act: () => void,
  ): TemplateResult {
    const label = t(this.words, word);
    return html`<vscode-button
      class="tool-${word}"
      appearance="icon"
      aria-label=${label}
      title=${label}
      @click=${act}
      >${icon(glyph)}</vscode-button
    >`;
  }

  #cluster(panel: PanelState, view: ClusterView): TemplateResult {
    const card = view.cards.find((it) => it.key === this.selected);
    const { words } = this;
    return html`
      ${
        view.banners.length === 0
          ? nothing
          : html`<div class="banners" role="region" tabindex="0" aria-label=${t(words, 'problems')}>
              ${view.banners.map(
                (it) =>
                  html`<finding-banner
                    .banner=${it}
                    .words=${words}
                    @fix=${(event: CustomEvent<{ instance: string; item: string }>) =>
                      this.#host.post({ kind: 'plan', wish: { kind: 'fix', ...event.detail } })}
                  ></finding-banner>`,
              )}
            </div>`
      }
      <main class=${card === undefined ? '' : 'split'}>
        <topology-canvas
          .view=${view}
          .chosen=${this.selected}
          .start=${this.#zoom}
          .words=${words}
          @choose=${(event: CustomEvent<string>) => this.#select(event.detail)}
          @zoomed=${(event: CustomEvent<ZoomPlace>) => this.#zoomed(event.detail)}
        ></topology-canvas>
        ${card === undefined ? nothing : this.#details(card, panel)}
      </main>
    `;
  }

  #details(card: CardView, { details }: PanelState): TemplateResult {
    return html`<details-pane
      .card=${card}
      .details=${details?.key === card.key ? details : null}
      .tab=${this.tab}
      .raw=${this.raw}
      .words=${this.words}
      @close-details=${() => this.#select(null)}
      @tab=${(event: CustomEvent<DetailsTab>) => {
        this.tab = event.detail;
        this.#remember();
      }}
      @raw=${(event: CustomEvent<boolean>) => {
        this.raw = event.detail;
        this.#remember();
      }}
    ></details-pane>`;
  }

  #loading(absent: string | null = null): TemplateResult {
    return html`<div class="loading">
      ${absent === null ? html`<vscode-progress-ring></vscode-progress-ring>` : icon('circle-slash')}
      <p>${absent ?? t(this.words, 'loading')}</p>
    </div>`;
  }

  #receive(message: ToWebview): void {
    switch (message.kind) {
      case 'words':
        this.words = message.words;
        document.documentElement.lang = message.language;
        return;
      case 'select':
        this.#select(message.instance);
        return;
      case 'state':
        this.#draw(message.seq, message.state);
        return;
      default:
        message satisfies never;
    }
  }

  #draw(seq: number, panel: PanelState): void {
    if (seq <= this.#seq) {
      return;
    }
    const { polite, assertive } = announcements(this.panel, panel);
    this.polite = polite ?? this.polite;
    this.assertive = assertive ?? this.assertive;
    this.#seq = seq;
    this.panel = panel;
    this.#remember();
  }

  #select(instance: string | null): void {
    this.selected = instance;
    this.#host.post({ kind: 'select', instance });
    this.#remember();
  }

  #fit(): void {
    this.canvas?.fit(true);
    this.#zoom = null;
    this.#remember();
  }

  #zoomed(place: ZoomPlace): void {
    this.#zoom = place;
    this.#remember();
  }

  #remember(): void {
    if (this.panel === undefined) {
      return;
    }
    const { selected, tab, raw } = this;
    const zoom = this.#zoom === null ? null : { ...this.#zoom };
    this.#host.remember({ cluster: this.panel.cluster, selected, tab, raw, zoom });
  }

  /** The editor reads `data-vscode-context` outside of shadow roots: the chosen card's is written on the root element. */
  #menu(event: Event): void {
    const card = event
      .composedPath()
      .find((it): it is HTMLElement => it instanceof HTMLElement && it.matches('instance-card'));
    const instance = card?.dataset['instance'];
    const view = this.panel?.view?.cards.find((it) => it.key === instance);
    this.dataset['vscodeContext'] = JSON.stringify(
      view === undefined
        ? { webviewSection: 'panel', preventDefaultContextMenuItems: !selectedText() }
        : {
            webviewSection: 'instance',
            instance: view.key,
            cluster: this.panel?.cluster,
            role: view.role,
            instanceTraits: this.panel?.traits[view.key] ?? '',
            preventDefaultContextMenuItems: true,
          },
    );
  }
}

function selectedText(): boolean {
  return (globalThis.getSelection()?.toString() ?? '') !== '';
}
