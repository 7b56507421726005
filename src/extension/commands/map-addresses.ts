import * as vscode from 'vscode';
import { readAddress } from '../../config/address.ts';
import { suggestAddress } from '../../config/address-suggestion.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import { noContainers } from '../../core/model/container.ts';
import { addressObjection, unresolvedNames, type Mapped } from '../engine/address-mapping.ts';
import { lookAtContainers } from './cluster-places.ts';
import type { WatchedCluster } from '../engine/cluster-watch.ts';
import { chooseCluster, type CommandContext } from './command-context.ts';
import { askText } from '../ui/dialogs.ts';
import { mapSentences } from '../language/map-sentences.ts';
import { openSettings } from '../engine/settings.ts';
import { targetOf } from './target.ts';
import { changeCluster } from '../engine/user-clusters.ts';
import { showInformationMessage, showWarningMessage } from '../ui/window.ts';

/** Asks for the address of each instance whose host name does not resolve here, and writes them into the user's settings. */
export async function mapAddresses(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return;
  const { id: cluster } = watched.settings;
  const { instance } = targetOf(argument);
  const names = instance === undefined ? unresolvedNames(topologyOf(watched)) : [instance];
  if (names.length === 0) {
    void showInformationMessage(context.words.t(mapSentences.nothing, { cluster }));
    return;
  }
  const mapped = await askEach(context, watched, names);
  if (mapped !== undefined && Object.keys(mapped).length > 0) await write(context, watched, mapped);
}

function topologyOf({ backend }: WatchedCluster): Parameters<typeof unresolvedNames>[0] {
  return backend.current()?.topology;
}

/** Undefined: the person changed their mind, and nothing is written. */
async function askEach(
  context: CommandContext,
  watched: WatchedCluster,
  names: readonly InstanceKey[],
): Promise<Mapped | undefined> {
  const { t } = context.words;
  const { id: cluster, docker, seeds } = watched.settings;
  const containers = docker === false ? noContainers : await lookAtContainers(context);
  let mapped: Mapped = {};
  for (const [place, instance] of names.entries()) {
    const before = mapped;
    const objection = (text: string): string | undefined => {
      if (text.trim() === '') return undefined;
      const read = readAddress(text);
      if (read.kind === 'wrong') return read.because;
      const taken = addressObjection(instance, read.key, topologyOf(watched), before);
      return taken === undefined ? undefined : t(mapSentences.taken, { instance: taken });
    };
    const text = await askText({
      title: t(mapSentences.title, { cluster, instance, step: place + 1, count: names.length }),
      prompt: t(mapSentences.prompt, { instance }),
      value: suggestAddress(instance, { seeds, containers }),
      objection,
    });
    if (text === undefined) return undefined;
    const read = readAddress(text);
    if (text.trim() !== '' && read.kind === 'read') mapped = { ...mapped, [instance]: read.key };
  }
  return mapped;
}

async function write(
  context: CommandContext,
  watched: WatchedCluster,
  mapped: Mapped,
): Promise<void> {
  const { t } = context.words;
  const { id: cluster, addresses } = watched.settings;
  if (!(await changeCluster(cluster, { addresses: { ...addresses, ...mapped } }))) {
    await offerCopy(context, cluster, mapped);
    return;
  }
  await context.restart();
  await context.keeper.renewMonitor(cluster);
  const [instance = '', ...more] = Object.keys(mapped);
  const text =
    more.length === 0
      ? t(mapSentences.doneOne, { instance })
      : t(mapSentences.done, { count: more.length + 1, cluster });
  const open = t(mapSentences.openSettings);
  if ((await showInformationMessage(text, open)) === open) await openSettings();
}

/** A folder's settings are not changed. */
async function offerCopy(
  { words }: CommandContext,
  cluster: string,
  mapped: Mapped,
): Promise<void> {
  const setting = `"addresses": ${JSON.stringify(mapped)}`;
  const copy = words.t(mapSentences.copy);
  const says = words.t(mapSentences.ofFolder, { cluster, setting });
  if ((await showWarningMessage(says, copy)) === copy) {
    await vscode.env.clipboard.writeText(setting);
  }
}
