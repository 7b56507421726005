import { objectionTo } from '../config/database-user-schema.ts';
import type { DatabaseUser, UserTask } from '../core/model/database-user.ts';
import { hostPatternsFor } from '../core/model/host-pattern.ts';
import { accessSentences } from './access-sentences.ts';
import type { Which } from './credentials.ts';
import { askChoice, askText, type Choice } from './dialogs.ts';
import { generatePassword } from './generate-password.ts';
import type { UserGround } from './user-ground.ts';

const count = 6;

function titleOf(step: number, { which, desk }: UserGround): string {
  const sentence =
    which === 'monitor' ? accessSentences.createMonitor : accessSentences.createReplication;
  return desk.words.t(sentence, { step, count });
}

export async function askTask(which: Which, ground: UserGround): Promise<UserTask | undefined> {
  if (which === 'replication') return 'replication';
  const { t } = ground.desk.words;
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
  return askChoice(titleOf(1, ground), t(accessSentences.taskQuestion), choices);
}

export async function askName(ground: UserGround): Promise<string | undefined> {
  const { cluster, which, desk } = ground;
  return askText({
    title: titleOf(2, ground),
    prompt: desk.words.t(accessSentences.namePrompt),
    value: which === 'monitor' ? cluster.user : (cluster.replicationUser ?? 'repl'),
    objection: (text) => objectionTo('name', text),
  });
}

/** Who makes it. The password is handed on and kept nowhere. */
export async function askAdmin(
  name: string,
  ground: UserGround,
): Promise<{ readonly user: string; readonly password: string } | undefined> {
  const { t } = ground.desk.words;
  const user = await askText({
    title: titleOf(3, ground),
    prompt: t(accessSentences.adminPrompt),
    value: name === 'root' ? '' : 'root',
    objection: (text) =>
      text === name ? t(accessSentences.adminItself) : objectionTo('name', text),
  });
  if (user === undefined) return undefined;
  const password = await askText({
    title: titleOf(4, ground),
    prompt: t(accessSentences.adminPasswordPrompt, { admin: user }),
    password: true,
  });
  return password === undefined ? undefined : { user, password };
}

/** `seen`: hosts from which such a user comes now. */
export async function askHost(
  seen: readonly string[],
  ground: UserGround,
): Promise<string | undefined> {
  const { t } = ground.desk.words;
  const choices: readonly Choice<string | null>[] = [
    ...hostPatternsFor(seen).map((value) => ({
      label: `'${value}'`,
      description: t(value === '%' ? accessSentences.hostWide : accessSentences.hostSeen),
      value,
    })),
    { label: t(accessSentences.hostOther), value: null },
  ];
  const title = titleOf(5, ground);
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
  ground: UserGround,
): Promise<string | undefined> {
  const { desk, cluster, which, isDraft } = ground;
  const { t } = desk.words;
  const kept = isDraft ? undefined : await desk.credentials.read(cluster, which);
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
  const title = titleOf(6, ground);
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
