import * as vscode from 'vscode';
import type { Downtime } from '../../core/model/watch.ts';
import { chooseCluster, chooseInstance, type CommandContext } from './command-context.ts';
import type { WatchedCluster } from '../engine/cluster-watch.ts';
import { pickCluster } from './pick.ts';
import { lookSoon } from '../engine/look-soon.ts';
import { sentences } from '../language/sentences.ts';
import { targetOf } from './target.ts';
import { whoAmI } from '../engine/who-am-i.ts';
import {
  showInformationMessage,
  showInputBox,
  showQuickPick,
  showWarningMessage,
} from '../ui/window.ts';

/** Lets automatic failover act: lifts what a person did, and offers to ask for it in the settings. */
export async function armFailover(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return;
  const { id, mode } = watched.settings;
  if (mode === 'observe') {
    void showWarningMessage(context.words.t(sentences.armObserve, { cluster: id }));
    return;
  }
  if (!watched.automated) {
    if (!(await addToFilters(context, watched))) return;
    await context.restart();
  }
  context.watch.store?.arm(id);
  const now = context.watch.cluster(id);
  if (now === undefined) return;
  await lookSoon(now);
  const choice = context.choices.of(id);
  if (now.automated && choice !== 'background' && choice !== 'window')
    await context.keeper.ask(now);
}

export async function disarmFailover(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return;
  const cluster = watched.settings.id;
  const title = context.words.t(sentences.disarmTitle, { cluster });
  const prompt = context.words.t(sentences.whyPrompt);
  const reason = await showInputBox({ title, prompt, ignoreFocusOut: true });
  if (reason === undefined) return;
  context.watch.store?.disarm({ cluster, at: Date.now(), by: whoAmI(), reason });
  await lookSoon(watched);
}

export async function beginDowntime(context: CommandContext, argument: unknown): Promise<void> {
  const place = await downtimePlace(context, argument);
  if (place === undefined) return;
  const until = await pickEnd(context);
  if (until === undefined) return;
  const title = context.words.t(sentences.downtimeTitle, { name: place.instance ?? place.cluster });
  const prompt = context.words.t(sentences.whyPrompt);
  const reason = await showInputBox({ title, prompt, ignoreFocusOut: true });
  if (reason === undefined) return;
  const begun = { since: Date.now(), until: until.at, owner: whoAmI(), reason };
  context.watch.store?.beginDowntime({
    cluster: place.cluster,
    instance: place.instance,
    ...begun,
  });
  await lookSoon(place.watched);
}

export async function endDowntime(context: CommandContext, argument: unknown): Promise<void> {
  const { cluster, instance } = targetOf(argument);
  const watched =
    (cluster === undefined ? undefined : context.watch.cluster(cluster)) ??
    (await pickCluster(context.watch, context.words));
  if (watched === undefined) return;
  const downtimes = watched.backend.current()?.watch?.downtimes ?? [];
  const ends =
    cluster === undefined
      ? await pickDowntime(context, downtimes)
      : downtimes.find((it) => it.instance === (instance ?? null));
  if (ends === undefined) {
    void showInformationMessage(context.words.t(sentences.noDowntime));
    return;
  }
  context.watch.store?.endDowntime(ends.cluster, ends.instance);
  await lookSoon(watched);
}

interface Place {
  readonly watched: WatchedCluster;
  readonly cluster: string;
  /** null: the whole cluster. */
  readonly instance: string | null;
}

/** A row says what it is; from the palette the person says whether the cluster or one instance is meant. */
async function downtimePlace(
  context: CommandContext,
  argument: unknown,
): Promise<Place | undefined> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return undefined;
  const cluster = watched.settings.id;
  const { instance, cluster: named } = targetOf(argument);
  if (instance !== undefined || named !== undefined) {
    return { watched, cluster, instance: instance ?? null };
  }
  const whole = { label: context.words.t(sentences.wholeCluster, { cluster }) };
  const one = { label: context.words.t(sentences.oneInstance) };
  const chosen = await showQuickPick([whole, one], { ignoreFocusOut: true });
  if (chosen === undefined) return undefined;
  if (chosen === whole) return { watched, cluster, instance: null };
  const found = await chooseInstance(context, { cluster }, 'any');
  return found === undefined ? undefined : { watched, cluster, instance: found.instance };
}

/** `at`: null until somebody ends it. */
async function pickEnd({
  words: { t },
}: CommandContext): Promise<{ readonly at: number | null } | undefined> {
  const items = [
    { label: t(sentences.tenMinutes), minutes: 10 },
    { label: t(sentences.oneHour), minutes: 60 },
    { label: t(sentences.untilEnded), minutes: null },
    { label: t(sentences.otherTime), minutes: undefined },
  ];
  const chosen = await showQuickPick(items, {
    placeHolder: t(sentences.howLong),
    ignoreFocusOut: true,
  });
  if (chosen === undefined) return undefined;
  if (chosen.minutes === null) return { at: null };
  const minutes = chosen.minutes ?? (await askMinutes(t));
  return minutes === undefined ? undefined : { at: Date.now() + minutes * 60_000 };
}

/** At most a year. */
const mostMinutes = 527_040;

async function askMinutes(t: CommandContext['words']['t']): Promise<number | undefined> {
  const text = await showInputBox({
    prompt: t(sentences.minutesPrompt),
    ignoreFocusOut: true,
    validateInput: (typed) => (isMinutes(typed) ? undefined : t(sentences.minutesWrong)),
  });
  return text === undefined ? undefined : Number(text);
}

function isMinutes(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text) && Number(text) > 0 && Number(text) <= mostMinutes;
}

async function pickDowntime(
  { words }: CommandContext,
  downtimes: readonly Downtime[],
): Promise<Downtime | undefined> {
  const [only] = downtimes;
  if (downtimes.length < 2) return only;
  const items = downtimes.map((it) => ({ label: it.instance ?? it.cluster, downtime: it }));
  const placeHolder = words.t(sentences.whichDowntime);
  return (await showQuickPick(items, { placeHolder, ignoreFocusOut: true }))?.downtime;
}

/** Orchestrator's filter for one cluster by its name, in the user's own settings. False: the person changed their mind. */
async function addToFilters(
  { words }: CommandContext,
  { settings }: WatchedCluster,
): Promise<boolean> {
  const { id: cluster } = settings;
  const question = words.t(sentences.armQuestion, { cluster });
  const detail = words.t(sentences.armDetail, { filter: `alias=${cluster}` });
  const add = words.t(sentences.armAdd);
  const chosen = await showWarningMessage(question, { modal: true, detail }, add);
  if (chosen !== add) return false;
  const configuration = vscode.workspace.getConfiguration('switchover');
  const name = 'recoverMasterClusterFilters';
  const now: unknown = configuration.inspect(name)?.globalValue;
  if (now !== undefined && !Array.isArray(now)) {
    throw new Error(words.t(sentences.listWanted, { name }));
  }
  const filters = (now ?? []).filter((it) => typeof it === 'string');
  const next = [...filters, `alias=${cluster}`];
  await configuration.update(name, next, vscode.ConfigurationTarget.Global);
  return true;
}
