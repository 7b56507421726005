import * as vscode from 'vscode';
import { accessSentences } from '../language/access-sentences.ts';
import type { ClusterWatch, WatchedCluster } from '../engine/cluster-watch.ts';
import { sentences } from '../language/sentences.ts';
import type { PrepareContext } from './set-password.ts';
import { askPassword } from './set-password.ts';
import { showWarningMessage } from '../ui/window.ts';

export interface MissingContext extends PrepareContext {
  readonly watch: ClusterWatch;
  readonly restart: () => Promise<void>;
}

/** Offers to set the monitor user's password or to make that user, once for each cluster that turns us away while none is known. */
export class MissingPassword implements vscode.Disposable {
  readonly #context: MissingContext;
  readonly #told = new Set<string>();
  readonly #lifetime: vscode.Disposable;

  constructor(userContext: MissingContext) {
    this.#context = userContext;
    this.#lifetime = userContext.watch.onChange(() => {
      for (const it of userContext.watch.clusters.filter(isDenied)) void this.#offer(it);
    });
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  async #offer({ settings }: WatchedCluster): Promise<void> {
    if (this.#told.has(settings.id)) return;
    this.#told.add(settings.id);
    const { passwords, words, restart } = this.#context;
    // A source that fails is not missing: the log says what is wrong with it.
    const known = await passwords(settings, 'monitor').then(
      (it) => it !== undefined,
      () => true,
    );
    if (known) return;
    const set = words.t(sentences.setPassword);
    const values = { cluster: settings.id, user: settings.user };
    const text = words.t(sentences.passwordMissing, values);
    const create = words.t(accessSentences.foundCreate);
    const chosen = await showWarningMessage(text, set, create);
    if (chosen === create) {
      await vscode.commands.executeCommand('switchover.createMonitorUser', {
        cluster: settings.id,
      });
    }
    if (chosen !== set) return;
    if (await askPassword(settings, 'monitor', this.#context)) await restart();
  }
}

function isDenied({ backend }: WatchedCluster): boolean {
  const members = backend.current()?.topology.members ?? [];
  return members.some(({ probe }) => probe.kind === 'silent' && probe.reason === 'denied');
}
