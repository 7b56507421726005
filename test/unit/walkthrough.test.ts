import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: { readonly markdown: string };
  readonly completionEvents: readonly string[];
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly Step[] }[];
  };
}

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

const { contributes }: Manifest = JSON.parse(read('package.json'));
const steps = contributes.walkthroughs.flatMap((it) => it.steps);
const tables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  en: JSON.parse(read('package.nls.json')),
  ko: JSON.parse(read('package.nls.ko.json')),
};

/** What `%key%` stands for. */
function told(language: string, key: string): string {
  return tables[language]?.[key.slice(1, -1)] ?? '';
}

test('the walkthrough leads from a new lab to an acknowledged recovery', () => {
  expect(steps.map(({ id }) => id)).toEqual([
    'createLab',
    'openTopology',
    'stopMaster',
    'promoteReplica',
    'startOldMaster',
    'rejoin',
    'acknowledgePromotion',
    'armFailover',
    'stopMasterAgain',
    'acknowledge',
  ]);
});

test.each(['en', 'ko'])('every step has one button, named as its command is (%s)', (language) => {
  for (const { id, description } of steps) {
    const links = [...told(language, description).matchAll(/\[([^\]]+)\]\(command:([\w.]+)\)$/g)];
    const [, name = '', id_ = ''] = links[0] ?? [];
    const command = contributes.commands.find((it) => it.command === id_);
    expect([id, links.length, name]).toEqual([id, 1, told(language, command?.title ?? '')]);
  }
});

test('every step is done by a command of the manifest, or by a state that the extension tells', () => {
  const sources = read('src/extension/ui/views.ts') + read('src/extension/ui/walkthrough-steps.ts');
  for (const { id, completionEvents } of steps) {
    const unknown = completionEvents.filter((event) => {
      const [kind = '', name = ''] = event.split(':');
      return kind === 'onContext'
        ? !sources.includes(`'${name}'`)
        : !contributes.commands.some(({ command }) => command === name);
    });
    expect([id, completionEvents.length > 0, unknown]).toEqual([id, true, []]);
  }
});

test('every step has its page in both languages, Korean in Korean, and none is left over', () => {
  const pages = steps.flatMap(({ media }) => {
    const korean = media.markdown.replace(/\.md$/, '.nls.ko.md');
    return [media.markdown, korean];
  });
  expect(pages.filter((it) => !existsSync(join(root, it)))).toEqual([]);
  expect(
    readdirSync(join(root, 'media/walkthrough'))
      .map((it) => `media/walkthrough/${it}`)
      .toSorted(),
  ).toEqual(pages.toSorted());
  for (const page of pages) {
    expect([page, /[가-힣]/.test(read(page))]).toEqual([page, page.endsWith('.ko.md')]);
  }
});
