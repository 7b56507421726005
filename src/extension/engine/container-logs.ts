import * as vscode from 'vscode';
import type { Localizer } from '../../protocol/localizer.ts';
import type { ClusterWatch } from './cluster-watch.ts';
import { dockerSentences } from '../language/docker-sentences.ts';

const scheme = 'switchover-log';
/** How many of the last lines of a container are shown. */
const shownLines = 2_000;

/** What containers wrote, as documents that nobody is asked to save. */
export class ContainerLogs implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #watch: ClusterWatch;
  readonly #words: Localizer;
  readonly #lifetime: vscode.Disposable;

  constructor(watch: ClusterWatch, words: Localizer) {
    this.#watch = watch;
    this.#words = words;
    this.#lifetime = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** After a restart of the editor nothing was looked at yet, and that is what it says. */
  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    const address = new URLSearchParams(query);
    const [cluster, instance] = ['cluster', 'instance'].map((it) => address.get(it) ?? '');
    await this.#watch.ready();
    const state = this.#watch.cluster(cluster ?? '')?.backend.current();
    const container = state?.containers?.get(instance ?? '');
    const control = this.#watch.containersOf(cluster ?? '');
    return container === undefined || control === undefined
      ? this.#words.t(dockerSentences.noContainer, { instance: instance ?? '' })
      : control.log(container, shownLines);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }
}

/** Every look is a document of its own: the editor keeps what it once read of an address. */
export function logAddress(cluster: string, instance: string, container: string): vscode.Uri {
  const at = String(Date.now());
  const query = new URLSearchParams({ cluster, instance, at }).toString();
  return vscode.Uri.from({ scheme, path: `/${container}.log`, query });
}
