import { objectionTo } from '../../config/database-user-schema.ts';
import type { DatabaseUser, UserTask } from '../../core/model/database-user.ts';
import { hostPatternsFor } from '../../core/model/host-pattern.ts';
import { accessSentences } from '../language/access-sentences.ts';
import type { Which } from './credentials.ts';
import { askChoice, askText, type Choice } from '../ui/dialogs.ts';
import { generatePassword } from './generate-password.ts';
import type { UserContext } from './user-context.ts';

const count = 6;

function titleOf(step: number, { which, context }: UserContext): string {
  const sentence =
    which === 'monitor' ? accessSentences.createMonitor : accessSentences.createReplication;
  return context.words.t(sentence, { step, count });
}

export async function askTask(
  which: Which,
  userContext: UserContext,
): Promise<UserTask | undefined> {
  if (which === 'replication') return 'replication';
  const { t } = userContext.context.words;
  const choices: readonly Choice<UserTask>[] = [
    {
      label: t(accessSentences.taskManage),
      detail: t(accessSentences.taskManageDetail),
      value: 'manage',
    },
    {
      label: t(accessSentences.taskObserve),
      detail: t(accessSentences.taskObserveDetail),
      value: 'observe',
    },
    {
      label: t(accessSentences.taskEvents),
      detail: t(accessSentences.taskEventsDetail),
      value: 'manage-events',
    },
  ];
  return askChoice(titleOf(1, userContext), t(accessSentences.taskQuestion), choices);
}

export async function askName(userContext: UserContext): Promise<string | undefined> {
  const { cluster, which, context } = userContext;
  return askText({
    title: titleOf(2, userContext),
    prompt: context.words.t(accessSentences.namePrompt),
    value: which === 'monitor' ? cluster.user : (cluster.replicationUser ?? 'repl'),
    objection: (text) => objectionTo('name', text),
  });
}

/** Who makes it. The password is handed on and kept nowhere. */
export async function askAdmin(
  name: string,
  userContext: UserContext,
): Promise<{ readonly user: string; readonly password: string } | undefined> {
  const { t } = userContext.context.words;
  const user = await askText({
    title: titleOf(3, userContext),
    prompt: t(accessSentences.adminPrompt),
    value: name === 'root' ? '' : 'root',
    objection: (text) =>
      text === name ? t(accessSentences.adminItself) : objectionTo('name', text),
  });
  if (user === undefined) return undefined;
  const password = await askText({
    title: titleOf(4, userContext),
    prompt: t(accessSentences.adminPasswordPrompt, { admin: user }),
    password: true,
  });
  return password === undefined ? undefined : { user, password };
}

/** `seen`: hosts from which such a user comes now. */
export async function askHost(
  seen: readonly string[],
  userContext: UserContext,
): Promise<string | undefined> {
  const { t } = userContext.context.words;
  const choices: readonly Choice<string | null>[] = [
    ...hostPatternsFor(seen).map((value) => ({
      label: `'${value}'`,
      description: t(value === '%' ? accessSentences.hostWide : accessSentences.hostSeen),
      value,
    })),
    { label: t(accessSentences.hostOther), value: null },
  ];
  const title = titleOf(5, userContext);
  const chosen = await askChoice(title, t(accessSentences.hostQuestion), choices);
  return chosen === null
    ? askText({
        title,
        prompt: t(accessSentences.hostPrompt),
        objection: (text) => objectionTo('host', text),
      })
    : chosen;
}

type PasswordWay = 'kept' | 'generate' | 'type';

export async function askPasswordOf(
  { name: user }: DatabaseUser,
  userContext: UserContext,
): Promise<string | undefined> {
  const { context, cluster, which, isDraft } = userContext;
  const { t } = context.words;
  const kept = isDraft ? undefined : await context.credentials.read(cluster, which);
  const choices: readonly Choice<PasswordWay>[] = [
    ...(kept === undefined
      ? []
      : [{ label: t(accessSentences.passwordStoredAlready, { user }), value: 'kept' as const }]),
    {
      label: t(accessSentences.passwordGenerate),
      detail: t(accessSentences.passwordGenerateDetail),
      value: 'generate',
    },
    { label: t(accessSentences.passwordType), value: 'type' },
  ];
  const title = titleOf(6, userContext);
  const prompt = t(accessSentences.passwordQuestion, { user });
  const way = await askChoice(title, prompt, choices);
  if (way === 'kept') return kept;
  if (way === 'generate') return generatePassword();
  return way === 'type'
    ? askText({ title, prompt, password: true, objection: passwordObjection })
    : undefined;
}

function passwordObjection(text: string): string | undefined {
  return objectionTo('password', text);
}
