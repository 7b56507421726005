import type { ClusterSettings } from '../../config/settings.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import { normalName } from '../../core/model/standing.ts';
import { accessSentences } from '../language/access-sentences.ts';
import type { CommandContext } from './command-context.ts';
import { askChoice, type Choice } from '../ui/dialogs.ts';
import type { FoundView } from './found-rows.ts';
import { lookSoon } from '../engine/look-soon.ts';
import { whoAmI } from '../engine/who-am-i.ts';

/** Where the cluster starts and who looks at it. */
export interface Draft {
  readonly cluster: ClusterSettings;
  readonly password: string | undefined;
  /** Who belongs to it, as the person said. */
  readonly confirmed?: readonly InstanceKey[];
  /** Who does not, as far as the person said. */
  readonly declined?: readonly InstanceKey[];
}

/**
 * Asks about whom the members name and nobody confirmed; undefined: it was cancelled. Any account that may replicate can
 * register any name, so nobody is logged in to unasked.
 */
export async function askMembers(
  { words }: CommandContext,
  title: string,
  draft: Draft,
  { unconfirmed }: FoundView,
): Promise<Draft | undefined> {
  const { confirmed = [], declined = [] } = draft;
  const open = unconfirmed.filter((it) => ![...confirmed, ...declined].includes(it));
  if (open.length === 0) return draft;
  const { t } = words;
  const names = open.join(', ');
  const one = (name: string): Choice<readonly InstanceKey[]> => ({
    label: t(accessSentences.membersOne, { instance: name }),
    value: [name],
  });
  const chosen = await askChoice(title, t(accessSentences.membersQuestion, { names }), [
    {
      label: t(accessSentences.membersAll, { count: open.length }),
      description: names,
      detail: t(accessSentences.membersDetail, { user: draft.cluster.user }),
      value: open,
    },
    ...(open.length > 1 ? open.map(one) : []),
    {
      label: t(accessSentences.membersNone),
      detail: t(accessSentences.membersNoneDetail),
      value: [],
    },
  ]);
  if (chosen === undefined) return undefined;
  return chosen.length === 0
    ? { ...draft, declined: [...declined, ...open] }
    : { ...draft, confirmed: [...confirmed, ...chosen] };
}

/** What was found and added is confirmed with it, though it was found without a question. */
export async function confirmFound(
  { watch }: CommandContext,
  cluster: string,
  members: readonly InstanceKey[],
): Promise<void> {
  const at = Date.now();
  const by = whoAmI();
  watch.store?.noteStandings(
    cluster,
    members.map((it) => ({
      name: normalName(it),
      kind: 'confirmed' as const,
      identity: null,
      at,
      by,
    })),
  );
  const watched = watch.cluster(cluster);
  if (watched !== undefined) await lookSoon(watched);
}
