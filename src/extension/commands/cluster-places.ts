import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { ClusterSuggestion, Suggestions } from '../../config/cluster-suggestion.ts';
import { suggestContainers } from '../../config/container-suggestions.ts';
import type { Containers } from '../../core/model/container.ts';
import { inEnglish } from '../../core/model/phrase.ts';
import { spell } from '../../protocol/localizer.ts';
import { accessSentences } from '../language/access-sentences.ts';
import { askAddress } from './ask-address.ts';
import type { CommandContext } from './command-context.ts';
import { askChoice, type Choice } from '../ui/dialogs.ts';
import { editorSshQuestions } from '../engine/ssh-questions.ts';
import { showErrorMessage } from '../ui/window.ts';

const dockerMs = 2_500;
const mostComposeFiles = 20;

type Chosen = ClusterSuggestion | 'type' | 'compose';

/** Asks where the cluster is: what runs here or stands in some file is offered. Undefined: the person changed their mind. */
export async function askPlace(
  context: CommandContext,
  title: string,
): Promise<ClusterSuggestion | undefined> {
  const { words } = context;
  const question = words.t(accessSentences.placeQuestion);
  const chosen = await askChoice<Chosen>(title, question, choices(context));
  if (chosen === 'type') return typed(context, title);
  return chosen === 'compose' ? askComposeFile(context, title) : chosen;
}

async function typed(
  { words }: CommandContext,
  title: string,
): Promise<ClusterSuggestion | undefined> {
  const seed = await askAddress(title, words);
  return seed === undefined
    ? undefined
    : { label: seed, detail: '', seed, addresses: {}, user: null, password: null };
}

async function choices(context: CommandContext): Promise<readonly Choice<Chosen>[]> {
  const { t } = context.words;
  const [containers, services, clients] = await Promise.all([
    containersHere(context),
    composeFilesHere(),
    clientFilesHere(),
  ]);
  for (const it of [...services.problems, ...clients.problems]) context.log.info(inEnglish(it));
  return [
    {
      icon: 'edit',
      label: t(accessSentences.placeType),
      detail: t(accessSentences.placeTypeDetail),
      value: 'type',
    },
    { icon: 'file-code', label: t(accessSentences.placeCompose), value: 'compose' },
    ...containers.flatMap((it) => {
      const { project } = it;
      const group =
        project === undefined
          ? t(accessSentences.placeContainers)
          : t(accessSentences.placeProject, { project });
      return rows([it], 'vm', group);
    }),
    ...rows(services.found, 'file-code', t(accessSentences.placeServices)),
    ...rows(clients.found, 'key', t(accessSentences.placeClients)),
  ];
}

function rows(
  found: readonly ClusterSuggestion[],
  icon: string,
  group: string,
): readonly Choice<Chosen>[] {
  return found.map((it) => ({
    icon,
    label: it.label,
    description: it.detail,
    value: it,
    group,
  }));
}

async function containersHere(context: CommandContext): Promise<readonly ClusterSuggestion[]> {
  return suggestContainers(await lookAtContainers(context));
}

/** What the container engine of this machine has; nothing where there is none, or where it does not answer soon. */
export async function lookAtContainers(context: CommandContext): Promise<Containers> {
  const { lookForContainers } = await import('../../wiring/engine.ts');
  const finder = lookForContainers({
    log: (level, line) => context.log[level](line),
    ssh: editorSshQuestions(context.credentials, context.words),
  });
  try {
    await finder.looked(dockerMs);
    return finder.containers;
  } finally {
    finder.close();
  }
}

async function clientFilesHere(): Promise<Suggestions> {
  const { readClientFiles } = await import('../../wiring/engine.ts');
  return readClientFiles(homedir());
}

async function composeFilesHere(): Promise<Suggestions> {
  const pattern = '**/{compose,docker-compose}*.{yml,yaml}';
  const files = vscode.workspace.isTrusted
    ? await vscode.workspace.findFiles(pattern, '**/node_modules/**', mostComposeFiles)
    : [];
  const all = await Promise.all(files.map(({ fsPath }) => servicesIn(fsPath)));
  return {
    found: all.flatMap((it) => it.found),
    problems: all.flatMap((it) => it.problems),
  };
}

async function servicesIn(file: string): Promise<Suggestions> {
  const { readComposeFileAt } = await import('../../wiring/engine.ts');
  return readComposeFileAt(file, process.env);
}

async function askComposeFile(
  context: CommandContext,
  title: string,
): Promise<ClusterSuggestion | undefined> {
  const { t } = context.words;
  const filters = { YAML: ['yml', 'yaml'] };
  const picked = await vscode.window.showOpenDialog({ filters, title });
  const [file] = picked ?? [];
  if (file === undefined) return undefined;
  const { found, problems } = await servicesIn(file.fsPath);
  if (found.length === 0) {
    const text = t(accessSentences.nothingThere, {
      problems: problems.map((it) => spell(it, context.words)).join(' '),
    });
    void showErrorMessage(text);
    return undefined;
  }
  const services = rows(found, 'file-code', t(accessSentences.placeServices));
  const chosen = await askChoice(title, t(accessSentences.placeQuestion), services);
  return typeof chosen === 'string' ? undefined : chosen;
}
