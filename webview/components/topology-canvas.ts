import { select } from 'd3-selection';
import { zoom, zoomIdentity } from 'd3-zoom';
import type { D3ZoomEvent, ZoomTransform } from 'd3-zoom';
import { LitElement, html, nothing, svg } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CardView, ClusterView, EdgeView } from '../../src/protocol/panel-state.ts';
import { canvasStyles } from '../styles/canvas-styles.ts';
import { edgePath } from '../layout/edge-path.ts';
import { fitPlace } from '../layout/fit-place.ts';
import type { ZoomPlace } from '../layout/fit-place.ts';
import './instance-card.ts';
import { t } from './panel-words.ts';
import type { PanelWords } from './panel-words.ts';
import { emit } from '../emit.ts';
import { nextCard } from '../layout/tree-keys.ts';
import { cardSize, layoutTree } from '../layout/tree-layout.ts';
import type { TreeLayout } from '../layout/tree-layout.ts';

/** The tree of one cluster: cards over edges in one layer that pans and zooms. Tells `choose`, `zoomed`. */
@customElement('topology-canvas')
export class TopologyCanvas extends LitElement {
  static override styles = canvasStyles;

  @property({ attribute: false }) accessor view: ClusterView | undefined;
  @property({ attribute: false }) accessor chosen: string | null = null;
  @property({ attribute: false }) accessor words: PanelWords = {};
  /** Where to start; undefined: fit. */
  @property({ attribute: false }) accessor start: ZoomPlace | null = null;

  @state() private accessor cursor: string | null = null;
  @query('.viewport') private accessor viewport!: HTMLElement;
  @query('.layer') private accessor layer!: HTMLElement;

  #layout: TreeLayout = layoutTree([]);
  #shape = '';
  #moved = false;
  readonly #keys: ReadonlyMap<string, (at: string) => void> = new Map([
    ['Enter', (at: string) => emit(this, 'choose', at)],
    [' ', (at: string) => emit(this, 'choose', at)],
    ['ContextMenu', (at: string) => this.#openMenu(at)],
    ['+', () => this.zoomBy(1.25)],
    ['-', () => this.zoomBy(0.8)],
    ['0', () => this.fit(true)],
  ]);
  readonly #zoom = zoom<HTMLElement, unknown>()
    .scaleExtent([0.1, 2])
    .on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => this.#zoomed(event))
    .on('end', () => this.layer.classList.remove('moving'));

  override render(): TemplateResult {
    const cards = this.view?.cards ?? [];
    const active = this.#active();
    const index = cards.findIndex((it) => it.key === active);
    return html`
      <div
        class="viewport"
        role="tree"
        tabindex="0"
        aria-label=${t(this.words, 'topology')}
        aria-activedescendant=${index === -1 ? nothing : `card-${String(index)}`}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
        @blur=${() => this.#leave()}
      >
        <div class="layer" role="presentation">
          <svg aria-hidden="true" width=${this.#layout.width} height=${this.#layout.height}>
            <defs>
              <marker
                id="arrow"
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="7"
                markerHeight="7"
                markerUnits="userSpaceOnUse"
                orient="auto"
              >
                <path d="M 0 0 L 8 4 L 0 8 z" fill="context-stroke"></path>
              </marker>
            </defs>
            ${(this.view?.edges ?? []).map((it) => this.#edge(it))}
          </svg>
          ${repeat(
            cards,
            (it) => it.key,
            (it, at) => this.#card(it, at, cards),
          )}
        </div>
      </div>
    `;
  }

  override willUpdate(): void {
    const leaves = this.view?.cards ?? [];
    const shape = JSON.stringify(leaves.map((it) => [it.key, it.parent]));
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#layout = layoutTree(leaves);
    }
  }

  override firstUpdated(): void {
    select(this.viewport).call(this.#zoom).on('dblclick.zoom', null);
    new ResizeObserver(() => {
      if (!this.#moved) {
        this.fit();
      }
    }).observe(this.viewport);
    if (this.start !== null) {
      this.#moved = true;
      const { x, y, k } = this.start;
      this.#move(zoomIdentity.translate(x, y).scale(k));
    }
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('view') && !this.#moved) {
      this.fit();
    }
  }

  /** See fitPlace. */
  fit(whole = false): void {
    const { clientWidth: width, clientHeight: height } = this.viewport;
    if (width === 0 || this.#layout.places.size === 0) {
      return;
    }
    const first = this.#layout.places.get(this.view?.cards[0]?.key ?? '') ?? { x: 0, y: 0 };
    const { x, y, k } = fitPlace({ width, height }, this.#layout, first, whole);
    this.#move(zoomIdentity.translate(x, y).scale(k));
    this.#moved = false;
  }

  zoomBy(factor: number): void {
    this.#zoom.scaleBy(select(this.viewport), factor);
  }

  #move(transform: ZoomTransform): void {
    this.#zoom.transform(select(this.viewport), transform);
  }

  #zoomed({ transform, sourceEvent }: D3ZoomEvent<HTMLElement, unknown>): void {
    const { x, y, k } = transform;
    this.layer.classList.add('moving');
    this.layer.style.transform = `translate(${String(x)}px, ${String(y)}px) scale(${String(k)})`;
    if (sourceEvent !== null && sourceEvent !== undefined) {
      this.#moved = true;
    }
    if (this.#moved) {
      emit(this, 'zoomed', { x, y, k });
    }
  }

  #card(card: CardView, index: number, cards: readonly CardView[]): TemplateResult {
    const siblings = cards.filter((it) => it.parent === card.parent);
    return html`<instance-card
      id="card-${index}"
      role="treeitem"
      data-instance=${card.key}
      aria-level=${card.level}
      aria-setsize=${siblings.length}
      aria-posinset=${siblings.indexOf(card) + 1}
      aria-selected=${card.key === this.chosen ? 'true' : 'false'}
      ?chosen=${card.key === this.chosen}
      ?cursor=${card.key === this.cursor}
      .card=${card}
      .place=${this.#layout.places.get(card.key) ?? { x: 0, y: 0 }}
      @click=${() => emit(this, 'choose', card.key)}
    ></instance-card>`;
  }

  #edge(edge: EdgeView): TemplateResult | undefined {
    const from = this.#layout.places.get(edge.from);
    const to = this.#layout.places.get(edge.to);
    return from === undefined || to === undefined
      ? undefined
      : svg`<path class="edge ${edge.flow} ${edge.kind}" d=${edgePath(from, to)}
          marker-end="url(#arrow)"></path>`;
  }

  #key(event: KeyboardEvent): void {
    const at = this.#active();
    if (at === undefined) {
      return;
    }
    const name = event.key === 'F10' && event.shiftKey ? 'ContextMenu' : event.key;
    const act = this.#keys.get(name);
    if (act === undefined) {
      this.#step(event, at);
    } else {
      event.preventDefault();
      act(at);
    }
  }

  #step(event: KeyboardEvent, at: string): void {
    const next = nextCard(event.key, at, this.view?.cards ?? [], this.#layout.places);
    if (next !== undefined) {
      event.preventDefault();
      this.cursor = next;
      this.#reveal(next);
    }
  }

  /** A menu asked for by key opens at the card, not at the tree. */
  #openMenu(key: string): void {
    const card = this.#element(key);
    const box = card?.getBoundingClientRect();
    card?.dispatchEvent(
      new MouseEvent('contextmenu', {
        bubbles: true,
        composed: true,
        cancelable: true,
        clientX: (box?.left ?? 0) + 16,
        clientY: (box?.bottom ?? 0) - 8,
      }),
    );
  }

  #reveal(key: string): void {
    const box = this.#element(key)?.getBoundingClientRect();
    const frame = this.viewport.getBoundingClientRect();
    const place = this.#layout.places.get(key);
    if (box === undefined || place === undefined) {
      return;
    }
    const inside =
      box.left >= frame.left &&
      box.right <= frame.right &&
      box.top >= frame.top &&
      box.bottom <= frame.bottom;
    if (!inside) {
      const { width, height } = cardSize;
      this.#zoom.translateTo(select(this.viewport), place.x + width / 2, place.y + height / 2);
    }
  }

  #active(): string | undefined {
    return this.cursor ?? this.chosen ?? this.view?.cards[0]?.key;
  }

  #leave(): void {
    this.cursor = null;
  }

  #element(key: string): HTMLElement | undefined {
    const cards = this.renderRoot.querySelectorAll<HTMLElement>('instance-card');
    return [...cards].find((it) => it.dataset['instance'] === key);
  }
}
