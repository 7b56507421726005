import type { PossibleSource } from '../../core/model/plan.ts';
import {
  chooseInstance,
  viewNow,
  type ChosenInstance,
  type CommandContext,
} from './command-context.ts';
import { sentences } from '../language/sentences.ts';
import type { PickItem } from '../ui/shown.ts';
import { sourceRows } from './source-rows.ts';
import { showQuickPick } from '../ui/window.ts';

/** Lets a replica read from another source: asks for what the argument does not say, then shows the plan. */
export async function relocateReplica(context: CommandContext, argument: unknown): Promise<void> {
  const chosen = await chooseInstance(context, argument, 'relocate');
  if (chosen === undefined) return;
  const below = await pickSource(context, chosen);
  if (below === undefined) return;
  const { watched, instance } = chosen;
  await context.panels.propose(watched.settings.id, { kind: 'relocate', instance, below });
}

/** One that is not possible may be chosen too: the panel then says why, and what to do. */
async function pickSource(
  context: CommandContext,
  { watched, instance }: ChosenInstance,
): Promise<string | undefined> {
  const { words } = context;
  const judging = judge(watched.backend, instance);
  const cards = viewNow(watched, words)?.cards ?? [];
  const labelOf = (key: string): string => cards.find((it) => it.key === key)?.label ?? key;
  const rows = judging.then((sources) => items(sourceRows(sources, cards, words), context));
  const placeHolder = words.t(sentences.pickSource, { instance: labelOf(instance) });
  return (
    await showQuickPick(rows, {
      placeHolder,
      matchOnDetail: true,
      ignoreFocusOut: true,
    })
  )?.key;
}

async function judge(
  backend: ChosenInstance['watched']['backend'],
  instance: string,
): Promise<readonly PossibleSource[]> {
  return backend.sources(instance, AbortSignal.timeout(30_000));
}

type Item = PickItem & { readonly key: string };

function items(rows: ReturnType<typeof sourceRows>, { words }: CommandContext): Item[] {
  const group = (possible: boolean, says: string): readonly Item[] => {
    const these = rows.filter((it) => it.possible === possible);
    return these.length === 0 ? [] : [{ separates: true, key: '', label: words.t(says) }, ...these];
  };
  return [...group(true, sentences.sourcePossible), ...group(false, sentences.sourceImpossible)];
}
