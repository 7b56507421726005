import type { ClusterSettings, PasswordSource } from '../../config/settings.ts';
import { answered } from '../../core/model/instance.ts';
import { shapeOf, unfitForReplication, unwritable } from '../../core/model/password-shape.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';
import type { Credentials, Which } from './credentials.ts';
import type { CommandContext } from '../commands/command-context.ts';
import { sentences } from '../language/sentences.ts';
import { showInformationMessage, showInputBox, showQuickPick } from '../ui/window.ts';

export interface PasswordContext {
  readonly watch: Pick<CommandContext['watch'], 'cluster'>;
  readonly credentials: Credentials;
  readonly words: Localizer;
}

/** Asks whose password, then for the password, and stores it. False: the person changed their mind. */
export async function setPassword(
  settings: ClusterSettings,
  userContext: PasswordContext,
): Promise<boolean> {
  const which = await pickUser(settings, userContext);
  if (which === undefined || userOf(settings, which) === undefined) return false;
  return askPassword(settings, which, userContext);
}

/** Asks for one password and stores it; an empty answer removes the stored one. */
export async function askPassword(
  settings: ClusterSettings,
  which: Which,
  { credentials, words, watch }: PasswordContext,
  why = '',
): Promise<boolean> {
  const values = { user: userOf(settings, which) ?? '', cluster: settings.id };
  const password = await showInputBox({
    title: words.t(sentences.passwordPrompt, values),
    ...(why === '' ? {} : { prompt: why }),
    placeHolder: words.t(sentences.passwordPlaceholder),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => objection(text, which, settings.id, { watch, words }),
  });
  if (password === undefined) return false;
  await credentials.keep(settings, which, password);
  const sentence = password === '' ? sentences.passwordRemoved : sentences.passwordStored;
  void showInformationMessage(words.t(sentence, values));
  return true;
}

/** What a server of this cluster could not keep is said before it is stored. */
function objection(
  text: string,
  which: Which,
  cluster: string,
  { watch, words }: Pick<PasswordContext, 'watch' | 'words'>,
): string | undefined {
  const shape = shapeOf(text);
  const members = watch.cluster(cluster)?.backend.current()?.topology.members ?? [];
  const flavors = which === 'monitor' ? [] : members.flatMap((it) => answered(it)?.flavor ?? []);
  const because =
    unwritable(shape) ?? flavors.map((it) => unfitForReplication(shape, it)).find(Boolean);
  return because === undefined ? undefined : spell(because, words);
}

export interface PrepareContext extends PasswordContext {
  readonly passwords: PasswordSource;
}

/** Asks for the replication user's password where a plan may need it and nobody knows it. True when it was given now. */
export async function asksReplicationPassword(
  settings: ClusterSettings,
  userContext: PrepareContext,
): Promise<boolean> {
  const user = settings.replicationUser;
  if (user === undefined || settings.mode === 'observe') return false;
  // A source that fails is there: the plan's own checks say what is wrong with it.
  const known = await userContext.passwords(settings, 'replication').then(
    (it) => it !== undefined,
    () => true,
  );
  const why = userContext.words.t(sentences.passwordNeeded, { user });
  return known ? false : askPassword(settings, 'replication', userContext, why);
}

function userOf(settings: ClusterSettings, which: Which): string | undefined {
  return which === 'monitor' ? settings.user : settings.replicationUser;
}

async function pickUser(
  settings: ClusterSettings,
  { credentials, words }: PasswordContext,
): Promise<Which | undefined> {
  const whiches = ['monitor', 'replication'] as const;
  const items = await Promise.all(
    whiches.map(async (which) => {
      const kept = (await credentials.read(settings, which)) !== undefined;
      return {
        which,
        label: userLabel(settings, which, words),
        description: words.t(kept ? sentences.passwordKept : sentences.passwordElsewhere),
      };
    }),
  );
  const placeHolder = words.t(sentences.whichPassword, { cluster: settings.id });
  return (await showQuickPick(items, { placeHolder, ignoreFocusOut: true }))?.which;
}

function userLabel(settings: ClusterSettings, which: Which, words: Localizer): string {
  const user = userOf(settings, which);
  if (user === undefined) return words.t(sentences.replicationUserUnnamed);
  return words.t(which === 'monitor' ? sentences.monitorUser : sentences.replicationUser, { user });
}
