import type { ServerKey } from '../../core/model/server-key.ts';
import { memberOf } from '../../core/model/topology.ts';
import type { WatchedCluster } from '../engine/cluster-watch.ts';
import { chooseCluster, type CommandContext } from './command-context.ts';
import { askChoice } from '../ui/dialogs.ts';
import { acceptShown, keyQuestion, offeredKeys } from './key-question.ts';
import { keySentences as sentences } from '../language/key-sentences.ts';
import { lookSoon } from '../engine/look-soon.ts';
import { targetOf } from './target.ts';
import { showInformationMessage, showWarningMessage } from '../ui/window.ts';

/** A person says that the key which a server shows now is the right one; it is logged in to from the next round on. */
export async function acceptKey(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return;
  const { watch, words } = context;
  const { store } = watch;
  const cluster = watched.settings.id;
  const offered = offeredKeys(store, cluster, addressMeant(watched, argument));
  if (store === undefined || offered.length === 0) {
    void showInformationMessage(words.t(sentences.none, { cluster }));
    return;
  }
  const chosen = await choose(offered, context, cluster);
  if (chosen === undefined) return;
  const { title, detail, accept } = keyQuestion(chosen, words);
  if ((await showWarningMessage(title, { modal: true, detail }, accept)) !== accept) return;
  if (!acceptShown(store, cluster, chosen, Date.now())) {
    void showWarningMessage(words.t(sentences.moved, { address: chosen.address }));
    return;
  }
  await lookSoon(watched);
}

/** Keys are kept by address; undefined: any. */
function addressMeant({ backend }: WatchedCluster, argument: unknown): string | undefined {
  const { instance } = targetOf(argument);
  const topology = backend.current()?.topology;
  if (instance === undefined || topology === undefined) return undefined;
  return memberOf(topology, instance)?.address ?? instance;
}

async function choose(
  offered: readonly ServerKey[],
  { words }: CommandContext,
  cluster: string,
): Promise<ServerKey | undefined> {
  const [only, ...more] = offered;
  if (more.length === 0) return only;
  return askChoice(
    cluster,
    words.t(sentences.pick, { cluster }),
    offered.map((it) => ({ label: it.address, icon: 'key', value: it })),
  );
}
