import type { InstanceKey } from '../../core/model/instance.ts';
import { isToConfirm } from '../../core/model/topology.ts';
import { normalName, type Standing } from '../../core/model/standing.ts';
import { askChoice, type Choice } from '../ui/dialogs.ts';
import { chooseCluster, type CommandContext } from './command-context.ts';
import type { WatchedCluster } from '../engine/cluster-watch.ts';
import { lookSoon } from '../engine/look-soon.ts';
import { memberSentences } from '../language/member-sentences.ts';
import { openSettings } from '../engine/settings.ts';
import { targetOf } from './target.ts';
import { whoAmI } from '../engine/who-am-i.ts';
import { showInformationMessage, showWarningMessage } from '../ui/window.ts';

/** A person says that a name belongs to the cluster: it is logged in to from the next round on. */
export async function confirmMember(context: CommandContext, argument: unknown): Promise<void> {
  const chosen = await choose(context, argument, 'confirmed');
  if (chosen === undefined) return;
  const { watched, names } = chosen;
  const { id: cluster, user, members } = watched.settings;
  const { t } = context.words;
  const instance = names.join(', ');
  if (members !== undefined) {
    const button = t(memberSentences.openSettings);
    const says = t(memberSentences.listed, { cluster, instance });
    if ((await showWarningMessage(says, button)) === button) await openSettings();
    return;
  }
  const yes = t(memberSentences.confirmYes);
  const title =
    names.length > 1
      ? t(memberSentences.confirmAllTitle, { cluster, names: instance })
      : t(memberSentences.confirmTitle, { cluster, instance });
  const detail = t(memberSentences.confirmDetail, { user });
  const answer = await showWarningMessage(title, { modal: true, detail }, yes);
  if (answer === yes) await note(context, watched, names, 'confirmed');
}

/** A person says that a name does not belong to the cluster: it is not mentioned again. */
export async function ignoreMember(context: CommandContext, argument: unknown): Promise<void> {
  const chosen = await choose(context, argument, 'ignored');
  if (chosen !== undefined) await note(context, chosen.watched, chosen.names, 'ignored');
}

interface Chosen {
  readonly watched: WatchedCluster;
  readonly names: readonly InstanceKey[];
}

async function choose(
  context: CommandContext,
  argument: unknown,
  kind: 'confirmed' | 'ignored',
): Promise<Chosen | undefined> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return undefined;
  const { instance } = targetOf(argument);
  if (instance !== undefined) return { watched, names: [instance] };
  const names = await pick(context, watched, kind);
  return names === undefined ? undefined : { watched, names };
}

async function pick(
  { words }: CommandContext,
  watched: WatchedCluster,
  kind: 'confirmed' | 'ignored',
): Promise<readonly InstanceKey[] | undefined> {
  const cluster = watched.settings.id;
  const open = openNames(watched, kind);
  if (open.length === 0) {
    void showInformationMessage(words.t(memberSentences.nothing, { cluster }));
    return undefined;
  }
  const all: Choice<readonly InstanceKey[]> = {
    label: words.t(memberSentences.confirmAll, { count: open.length }),
    description: open.join(', '),
    value: open,
  };
  const question = kind === 'confirmed' ? memberSentences.pickConfirm : memberSentences.pickIgnore;
  return askChoice(cluster, words.t(question, { cluster }), [
    ...(kind === 'confirmed' && open.length > 1 ? [all] : []),
    ...open.map((it) => ({ label: it, value: [it] })),
  ]);
}

/** Also those that were ignored may be confirmed, and members that wait for a review may be ignored. */
function openNames(
  { backend }: WatchedCluster,
  kind: 'confirmed' | 'ignored',
): readonly InstanceKey[] {
  const topology = backend.current()?.topology;
  const { outsiders = [], toReview = [], master = null } = topology ?? {};
  return [
    ...outsiders
      .filter((it) => isToConfirm(it) || (kind === 'confirmed' && it.why === 'ignored'))
      .map((it) => it.key),
    ...toReview.filter((it) => kind === 'confirmed' || it !== master),
  ];
}

async function note(
  { watch }: CommandContext,
  watched: WatchedCluster,
  names: readonly InstanceKey[],
  kind: Standing['kind'],
): Promise<void> {
  const { store } = watch;
  const { id } = watched.settings;
  const meant = new Set(names.map(normalName));
  for (const it of store?.standings(id) ?? []) {
    if (meant.has(normalName(it.name))) store?.dropStanding(id, it.name);
  }
  const at = Date.now();
  const by = whoAmI();
  store?.noteStandings(
    id,
    [...meant].map((name) => ({ name, kind, identity: null, at, by })),
  );
  await lookSoon(watched);
}
