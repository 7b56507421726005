import * as vscode from 'vscode';
import { clusterSchema } from '../../config/cluster-schema.ts';
import { suggestId, type ClusterSuggestion } from '../../config/cluster-suggestion.ts';
import type { ClusterSettings } from '../../config/settings.ts';
import { answered } from '../../core/model/instance.ts';
import { accessSentences } from '../language/access-sentences.ts';
import { askPlace } from './cluster-places.ts';
import { askMembers, confirmFound, type Draft } from './confirm-found.ts';
import { draftCluster, makeUser } from '../users/create-user.ts';
import type { CommandContext } from './command-context.ts';
import { askChoice, askText, type Choice } from '../ui/dialogs.ts';
import { foundView, type FoundFix, type FoundRow, type FoundView } from './found-rows.ts';
import { lookOnce, openAccess } from '../engine/open-access.ts';
import { writeCluster } from '../engine/user-clusters.ts';
import { setStatusBarMessage, showInformationMessage } from '../ui/window.ts';

/** `createOn`: the monitor user on that instance alone. */
type Next = 'add' | 'again' | 'create' | { readonly copy: string } | { readonly createOn: string };

/** From nothing to a drawn cluster: where it is, who looks, what was found, how it is called. */
export async function addCluster(context: CommandContext): Promise<void> {
  let draft = await askDraft(context);
  while (draft !== undefined) {
    const found = await look(context, draft);
    if (found === undefined) return;
    const asked = await askMembers(context, titleOf(context, 4), draft, found);
    if (asked === undefined) return;
    if (asked.confirmed !== draft.confirmed) {
      draft = asked;
      continue;
    }
    draft = asked;
    const next = await askNext(context, found);
    if (next === undefined) return;
    if (next === 'add') {
      await add(context, draft, found);
      return;
    }
    draft = await changed(context, draft, next);
  }
}

/** What is looked at next. Whoever does not finish a dialog in between comes back to what was found. */
async function changed(
  context: CommandContext,
  draft: Draft,
  next: Next,
): Promise<Draft | undefined> {
  if (next === 'again') return askDraft(context, draft);
  const { cluster, password } = draft;
  const { confirmed = [] } = draft;
  const userContext = { context, cluster, which: 'monitor', isDraft: true, confirmed } as const;
  if (typeof next === 'object' && 'createOn' in next) {
    await makeUser({ ...userContext, on: next.createOn, password });
    return draft;
  }
  if (next !== 'create') return draft;
  const made = await makeUser(userContext);
  return made === undefined
    ? draft
    : { ...draft, cluster: { ...cluster, user: made.name }, password: made.password };
}

function titleOf(context: CommandContext, step: number): string {
  return context.words.t(accessSentences.addTitle, { step });
}

async function askDraft(context: CommandContext, before?: Draft): Promise<Draft | undefined> {
  const { t } = context.words;
  const place = await askPlace(context, titleOf(context, 1));
  if (place === undefined) return undefined;
  const user = await askText({
    title: titleOf(context, 2),
    prompt: t(accessSentences.userPrompt),
    value: place.user ?? before?.cluster.user ?? 'orc_client_user',
    objection: (text) => (text === '' ? t(accessSentences.userPrompt) : undefined),
  });
  if (user === undefined) return undefined;
  const password = await askPassword(context, user, place);
  if (password === undefined) return undefined;
  const { seed, addresses, network } = place;
  const cluster = draftCluster(seed, { addresses, network, user });
  return { cluster, password: password === '' ? undefined : password };
}

/** One that stands in a file is taken only when the person says so, and for nobody but its user. */
async function askPassword(
  context: CommandContext,
  user: string,
  place: ClusterSuggestion,
): Promise<string | undefined> {
  const { t } = context.words;
  const title = titleOf(context, 3);
  const { seed } = place;
  const prompt = t(accessSentences.passwordPrompt, { user, seed });
  if (place.password !== null && (place.user ?? user) === user) {
    const choices: readonly Choice<'found' | 'type'>[] = [
      {
        label: t(accessSentences.passwordFound),
        detail: t(accessSentences.passwordFoundDetail, { seed }),
        value: 'found',
      },
      { label: t(accessSentences.passwordType), value: 'type' },
    ];
    const way = await askChoice(title, prompt, choices);
    if (way !== 'type') return way === 'found' ? place.password : undefined;
  }
  return askText({ title, prompt, password: true });
}

/** Undefined: it was cancelled. */
async function look(context: CommandContext, draft: Draft): Promise<FoundView | undefined> {
  const { words } = context;
  const { cluster, password, confirmed } = draft;
  const login = { user: cluster.user, password };
  const access = await openAccess(context, { cluster, login, confirmed, records: false });
  const grants = new Map<string, string>();
  try {
    const [seed = ''] = cluster.seeds;
    const title = words.t(accessSentences.addLooking, { seed });
    const state = await lookOnce(access, title, async ({ topology }, signal) => {
      await Promise.all(
        topology.members.map(async (member) => {
          const server = answered(member);
          if (server === undefined) return;
          const wanted = { task: 'manage', server } as const;
          const grant = await access.missingGrant(member.address, wanted, signal);
          if (grant !== null) grants.set(member.key, grant);
        }),
      );
    });
    return state === undefined ? undefined : foundView(state, grants, words);
  } finally {
    access.close();
  }
}

/** Every instance with its reason and its fix, and what may be done next. */
async function askNext(context: CommandContext, found: FoundView): Promise<Next | undefined> {
  const { t } = context.words;
  const { reached, silent, rows } = found;
  const wantsUser = rows.some((it) => it.fix?.kind === 'create-user' || it.fix?.kind === 'copy');
  const create: Choice<Next> = {
    icon: 'person-add',
    label: t(accessSentences.foundCreate),
    detail: t(accessSentences.foundCreateDetail),
    value: 'create',
  };
  const choices: readonly Choice<Next>[] = [
    ...(reached > 0
      ? [
          {
            icon: 'add',
            label: t(accessSentences.foundAdd),
            detail: silent > 0 ? t(accessSentences.foundAddDetail) : '',
            value: 'add' as const,
          },
        ]
      : []),
    ...(wantsUser ? [create] : []),
    {
      icon: 'search',
      label: t(accessSentences.foundAgain),
      detail: t(accessSentences.foundAgainDetail),
      value: 'again',
    },
    ...rows.map((it) => rowChoice(it, reached, context)),
  ];
  const chosen = await askChoice(
    titleOf(context, 4),
    t(accessSentences.foundTitle, { reached, silent }),
    choices,
  );
  if (typeof chosen !== 'object' || !('copy' in chosen)) return chosen;
  await vscode.env.clipboard.writeText(chosen.copy);
  const text = t(accessSentences.foundCopied, { text: chosen.copy });
  void showInformationMessage(text);
  return askNext(context, found);
}

function rowChoice(row: FoundRow, reached: number, { words }: CommandContext): Choice<Next> {
  const { label, description, detail, icon, fix } = row;
  const offers = fix?.kind === 'copy' ? ` · ${words.t(accessSentences.foundCopy)}` : '';
  return {
    icon,
    label,
    description: `${description}${offers}`,
    detail,
    value: valueOf(fix, reached),
    group: words.t(accessSentences.foundGroup),
  };
}

/** Choosing a row is choosing what mends it; where nothing does, what most want next. */
function valueOf(fix: FoundFix, reached: number): Next {
  if (fix === null) return reached > 0 ? 'add' : 'again';
  if (fix.kind === 'copy') return { copy: fix.text };
  return fix.on === null ? 'create' : { createOn: fix.on };
}

async function add(
  context: CommandContext,
  { cluster, password }: Draft,
  { replicationUser, members }: FoundView,
): Promise<void> {
  const { words, credentials, panels } = context;
  const [seed = ''] = cluster.seeds;
  const id = await askId(context, seed);
  if (id === undefined) return;
  const environment = await askEnvironment(context);
  if (environment === undefined) return;
  const { user, addresses, docker } = cluster;
  if (password !== undefined) await credentials.keep({ ...cluster, id }, 'monitor', password);
  await writeCluster(id, {
    id,
    seeds: [seed],
    user,
    environment,
    ...(Object.keys(addresses).length === 0 ? {} : { addresses }),
    ...(docker === undefined ? {} : { docker }),
    // Its password is asked for when a plan first needs it.
    ...(replicationUser === null ? {} : { replicationUser }),
  });
  await context.restart();
  if (environment !== 'lab') await confirmFound(context, id, members);
  panels.show(id);
  setStatusBarMessage(words.t(accessSentences.added, { cluster: id }), 4000);
}

async function askId(context: CommandContext, seed: string): Promise<string | undefined> {
  const { t } = context.words;
  const taken = context.settings.takenIds;
  return askText({
    title: titleOf(context, 4),
    prompt: t(accessSentences.idPrompt),
    value: suggestId(seed, taken),
    objection: (text) => {
      if (taken.includes(text)) return t(accessSentences.idTaken);
      const isGood = clusterSchema.shape.id.safeParse(text).success;
      return isGood ? undefined : t(accessSentences.idWrong);
    },
  });
}

async function askEnvironment(
  context: CommandContext,
): Promise<ClusterSettings['environment'] | undefined> {
  const { t } = context.words;
  const choices: readonly Choice<ClusterSettings['environment']>[] = [
    { label: 'lab', detail: t(accessSentences.environmentLab), value: 'lab' },
    { label: 'staging', detail: t(accessSentences.environmentStaging), value: 'staging' },
    { label: 'production', detail: t(accessSentences.environmentProduction), value: 'production' },
  ];
  return askChoice(titleOf(context, 4), t(accessSentences.environmentQuestion), choices);
}
