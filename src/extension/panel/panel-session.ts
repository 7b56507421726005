import type { ClusterState, RunResult } from '../../core/backend.ts';
import type { Plan, Wish } from '../../core/model/plan.ts';
import { fromWebviewSchema } from '../../protocol/messages.ts';
import type { FromWebview, ToWebview } from '../../protocol/messages.ts';
import type { ResultView } from '../../protocol/panel-state.ts';
import { headlineOf } from '../../protocol/plan-view.ts';
import type { PlanContext } from '../../protocol/plan-view.ts';
import { failureOf, resultOf } from '../../protocol/recovery-view.ts';
import { panelSentences, sentences } from '../../protocol/sentences.ts';
import { shortLabels } from '../../protocol/short-labels.ts';
import { Throttle } from '../ui/throttle.ts';
import type { PanelCluster, PanelHost } from './panel-host.ts';
import { panelStateOf } from './panel-picture.ts';
import { offerFor } from './plan-offer.ts';
import type { Offer } from './plan-offer.ts';

type AboutPlan = Extract<
  FromWebview,
  { kind: 'plan' | 'run' | 'cancel' | 'dismiss' | 'acknowledge' }
>;

/** The plan that runs from this panel. */
interface OwnRun {
  readonly plan: Plan;
  readonly abort: AbortController;
}

const paceMs = 250;

/** The settings no longer name it: nothing may run there. */
const unknownCluster = { environment: 'production', monitor: undefined } as const;

const languageOf = ({ language = 'en' }: PanelHost['words']): string => language;

/** The life of one page: what it asked for, what it is shown. Knows no editor. */
export class PanelSession {
  readonly cluster: string;
  readonly #hands: PanelHost;
  readonly #post: (message: ToWebview) => void;
  readonly #throttle = new Throttle(() => this.#send(), paceMs);
  readonly #dismissed = new Set<string>();
  #ready = false;
  #visible = true;
  #language = '';
  #seq = 0;
  #plans = 0;
  #selected: string | null = null;
  #offer: Offer | undefined;
  #planning: AbortController | undefined;
  #run: OwnRun | undefined;
  #result: { readonly view: ResultView; readonly at: number } | null = null;

  constructor(cluster: string, host: PanelHost, post: (message: ToWebview) => void) {
    this.cluster = cluster;
    this.#hands = host;
    this.#post = post;
  }

  /** The cluster's state is new: the page hears of it at once, or at most a quarter of a second later. */
  changed(): void {
    if (this.#ready && this.#visible) this.#throttle.ask();
  }

  shown(visible: boolean): void {
    this.#visible = visible;
    this.changed();
  }

  select(instance: string): void {
    this.#selected = instance;
    if (this.#ready) {
      this.#post({ kind: 'select', instance });
    }
    this.changed();
  }

  /** A message of the page; what does not fit the protocol is logged and thrown away. */
  async receive(raw: unknown): Promise<void> {
    const message = fromWebviewSchema.safeParse(raw);
    if (!message.success) {
      this.#hands.log(
        `The panel of ${this.cluster} sent something unknown: ${message.error.message}`,
      );
      return;
    }
    try {
      await this.#obey(message.data);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Asks the engine for a plan and shows it, or why there is none. Changes nothing. */
  async propose(wish: Wish): Promise<void> {
    this.#planning?.abort();
    const abort = new AbortController();
    this.#planning = abort;
    this.#offer = undefined;
    this.changed();
    try {
      const offer = await this.#offerFor(wish, abort.signal);
      if (this.#planning === abort) {
        this.#offer = offer;
      }
    } catch (error) {
      if (this.#planning === abort) {
        this.#failed(error);
      }
    } finally {
      if (this.#planning === abort) {
        this.#planning = undefined;
      }
      this.changed();
    }
  }

  /** The page is gone. A plan that runs goes on: half a plan is worse than none. */
  dispose(): void {
    this.#ready = false;
    this.#planning?.abort();
    this.#throttle.dispose();
  }

  async #obey(message: FromWebview): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return this.#greet();
      case 'select':
        this.#selected = message.instance;
        return this.changed();
      case 'copy':
        return this.#hands.copy(message.text);
      case 'refresh':
        await this.#found()?.backend.refresh(new AbortController().signal);
        return this.changed();
      case 'watch':
        return this.#hands.changeWatch(this.cluster, message.action);
      case 'member':
        return this.#hands.changeMember(this.cluster, message);
      case 'open-settings':
        return this.#hands.openSettings();
      case 'remedy':
        return this.#hands.remedy(this.cluster, message);
      default:
        return this.#obeyAboutPlan(message);
    }
  }

  async #obeyAboutPlan(message: AboutPlan): Promise<void> {
    switch (message.kind) {
      case 'plan':
        return this.propose(message.wish);
      case 'run':
        return this.#confirmAndRun(message.planId, message.typed);
      case 'cancel':
        return this.#run?.abort.abort();
      case 'dismiss':
        return this.#dismiss(message.what);
      case 'acknowledge':
        this.#dismissed.add(message.recovery);
        await this.#hands.acknowledge(message.recovery);
        return this.changed();
      default:
        return message satisfies never;
    }
  }

  #greet(): void {
    this.#ready = true;
    this.#tellWords();
    if (this.#selected !== null) {
      this.#post({ kind: 'select', instance: this.#selected });
    }
    this.#send();
  }

  #tellWords(): void {
    const { words } = this.#hands;
    this.#language = languageOf(words);
    const said = Object.entries(panelSentences).map(([name, text]) => [name, words.t(text)]);
    this.#post({ kind: 'words', language: this.#language, words: Object.fromEntries(said) });
  }

  async #offerFor(wish: Wish, signal: AbortSignal): Promise<Offer> {
    await this.#hands.prepare(this.cluster);
    const { backend, environment } = this.#needed();
    this.#plans += 1;
    return offerFor(wish, String(this.#plans), {
      backend,
      signal,
      context: this.#context(environment),
    });
  }

  async #confirmAndRun(planId: string, typed: string): Promise<void> {
    const { words, confirm, during } = this.#hands;
    const offer = this.#offer;
    if (offer?.view.kind !== 'plan' || offer.view.planId !== planId || offer.plan === null) {
      throw new Error(words.t(sentences.topologyChanged));
    }
    const { plan } = offer;
    const { backend, environment } = this.#needed();
    const context = this.#context(environment);
    if (
      this.#run !== undefined ||
      !(await confirm(plan, context, typed)) ||
      this.#offer !== offer
    ) {
      return;
    }
    this.#offer = undefined;
    this.#result = null;
    this.#run = { plan, abort: new AbortController() };
    this.changed();
    try {
      this.#ended(
        await during(backend.run(plan, this.#run.abort.signal)),
        headlineOf(plan, context),
      );
    } finally {
      this.#run = undefined;
      this.changed();
    }
  }

  #ended(result: RunResult, headline: string): void {
    const { words } = this.#hands;
    const labelOf = this.#labelOf(this.#found()?.backend.current());
    const view = resultOf(result, { words, labelOf, headline });
    this.#result = { view, at: this.#hands.now() };
  }

  #failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#hands.log(`${this.cluster}: ${reason}`);
    const view = failureOf(this.#hands.words.t(sentences.actionFailed, { reason }));
    this.#result = { view, at: this.#hands.now() };
    this.changed();
  }

  #dismiss(what: 'sheet' | 'result'): void {
    if (what === 'sheet') {
      this.#planning?.abort();
      this.#offer = undefined;
    } else {
      this.#dismissed.add(this.#result?.view.acknowledge ?? '');
      const { recoveries = [] } = this.#found()?.backend.current() ?? {};
      recoveries.forEach((it) => this.#dismissed.add(it.id));
      this.#result = null;
    }
    this.changed();
  }

  #send(): void {
    if (!this.#ready || !this.#visible) return;
    this.#seq += 1;
    const { words, now, traitsOf } = this.#hands;
    if (this.#language !== languageOf(words)) this.#tellWords();
    const found = this.#found();
    const state = found?.backend.current();
    const labelOf = this.#labelOf(state);
    const picture = panelStateOf(state, {
      ...(found ?? unknownCluster),
      cluster: this.cluster,
      isKnown: found !== undefined,
      words,
      now: now(),
      labelOf,
      traitsOf,
      selected: this.#selected,
      sheet: this.#offer?.view ?? null,
      planning: this.#planning !== undefined,
      run: this.#run,
      result: this.#result,
      dismissed: this.#dismissed,
      headlineOf: (recovery) => headlineOf(recovery, { words, labelOf }),
    });
    this.#post({ kind: 'state', seq: this.#seq, state: picture });
  }

  #context(environment: PlanContext['environment']): PlanContext {
    const labelOf = this.#labelOf(this.#found()?.backend.current());
    return { words: this.#hands.words, labelOf, environment };
  }

  #labelOf(state: ClusterState | undefined): (key: string) => string {
    const labels = shortLabels((state?.topology.members ?? []).map((it) => it.key));
    return (key) => labels.get(key) ?? key;
  }

  #found(): PanelCluster | undefined {
    return this.#hands.find(this.cluster);
  }

  #needed(): PanelCluster {
    const found = this.#found();
    if (found === undefined) {
      const reason = this.#hands.words.t(sentences.clusterGone, { cluster: this.cluster });
      throw new Error(reason);
    }
    return found;
  }
}
