import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { ClusterSuggestion, Suggestions } from '../config/cluster-suggestion.ts';
import { suggestContainers } from '../config/container-suggestions.ts';
import type { Containers } from '../core/model/container.ts';
import { inEnglish } from '../core/model/phrase.ts';
import { spell } from '../protocol/words.ts';
import { accessSentences } from './access-sentences.ts';
import { askAddress } from './ask-address.ts';
import type { Desk } from './desk.ts';
import { askChoice, type Choice } from './dialogs.ts';
import { editorSshQuestions } from './ssh-questions.ts';
import { showErrorMessage } from './window.ts';

const dockerMs = 2_500;
const mostComposeFiles = 20;

type Chosen = ClusterSuggestion | 'type' | 'compose';

/** Asks where the cluster is: what runs here or stands in some file is offered. Undefined: the person changed their mind. */
export async function askPlace(desk: Desk, title: string): Promise<ClusterSuggestion | undefined> {
  const { words } = desk;
  const question = words.t(accessSentences.placeQuestion);
  const chosen = await askChoice<Chosen>(title, question, choices(desk));
  if (chosen === 'type') return typed(desk, title);
  return chosen === 'compose' ? askComposeFile(desk, title) : chosen;
}

async function typed({ words }: Desk, title: string): Promise<ClusterSuggestion | undefined> {
  const seed = await askAddress(title, words);
  return seed === undefined
    ? undefined
    : { label: seed, detail: '', seed, addresses: {}, user: null, password: null };
}

async function choices(desk: Desk): Promise<readonly Choice<Chosen>[]> {
  const { t } = desk.words;
  const [containers, services, clients] = await Promise.all([
    containersHere(desk),
    composeFilesHere(),
    clientFilesHere(),
  ]);
  for (const it of [...services.problems, ...clients.problems]) desk.log.info(inEnglish(it));
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

async function containersHere(desk: Desk): Promise<readonly ClusterSuggestion[]> {
  return suggestContainers(await lookAtContainers(desk));
}

/** What the container engine of this machine has; nothing where there is none, or where it does not answer soon. */
export async function lookAtContainers(desk: Desk): Promise<Containers> {
  const { lookForContainers } = await import('../compose.ts');
  const finder = lookForContainers({
    log: (level, line) => desk.log[level](line),
    ssh: editorSshQuestions(desk.credentials, desk.words),
  });
  try {
    await finder.looked(dockerMs);
    return finder.containers;
  } finally {
    finder.close();
  }
}

async function clientFilesHere(): Promise<Suggestions> {
  const { readClientFiles } = await import('../compose.ts');
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
  const { readComposeFileAt } = await import('../compose.ts');
  return readComposeFileAt(file, process.env);
}

async function askComposeFile(desk: Desk, title: string): Promise<ClusterSuggestion | undefined> {
  const { t } = desk.words;
  const filters = { YAML: ['yml', 'yaml'] };
  const picked = await vscode.window.showOpenDialog({ filters, title });
  const [file] = picked ?? [];
  if (file === undefined) return undefined;
  const { found, problems } = await servicesIn(file.fsPath);
  if (found.length === 0) {
    const text = t(accessSentences.nothingThere, {
      problems: problems.map((it) => spell(it, desk.words)).join(' '),
    });
    void showErrorMessage(text);
    return undefined;
  }
  const services = rows(found, 'file-code', t(accessSentences.placeServices));
  const chosen = await askChoice(title, t(accessSentences.placeQuestion), services);
  return typeof chosen === 'string' ? undefined : chosen;
}
