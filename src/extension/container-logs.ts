import * as vscode from 'vscode';
import type { Words } from '../protocol/words.ts';
import type { ClusterWatch } from './cluster-watch.ts';
import { dockerSentences } from './docker-sentences.ts';

const scheme = 'switchover-log';
/** How many of the last lines of a container are shown. */
const shownLines = 2_000;

/** What containers wrote, as documents that nobody is asked to save. */
export class ContainerLogs implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #watch: ClusterWatch;
  readonly #words: Words;
  readonly #lifetime: vscode.Disposable;

  constructor(watch: ClusterWatch, words: Words) {
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
    const door = this.#watch.containersOf(cluster ?? '');
    return container === undefined || door === undefined
      ? this.#words.t(dockerSentences.noContainer, { instance: instance ?? '' })
      : door.log(container, shownLines);
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
