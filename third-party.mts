// What is bundled of others, under which licences, and what has to be said of it in the package.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** An expression as SPDX writes it, e.g. `MIT` or `(MIT OR Apache-2.0)`; empty where none is named. */
  readonly licence: string;
  /** Where it comes from; empty where its `package.json` says nothing. */
  readonly home: string;
  /** Its licences and notices, each whole. */
  readonly texts: readonly string[];
}

/** What may be shipped in a package under MIT when its text goes with it. */
const allowed: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  // The icons, which are used as they come.
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** The texts of the licences that name no more than an owner, for packages that came without their own. */
const standardTexts: Readonly<Record<string, string>> = {
  MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
  ISC: `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`,
};

/** What esbuild tells of the files that it wrote; the part of it that is read here. */
export interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }
    >
  >;
}

/** The folders of the packages of which something is in an output, sorted. */
export function packagesIn(metafiles: readonly Metafile[]): readonly string[] {
  const folders = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []);
  return [...new Set(folders)].toSorted();
}

export function readThirdParty(folder: string): ThirdParty {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const licence = licenceOf(manifest);
  const texts = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notices?|copyrightnotice)([.-]|$)/i.test(name))
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim());
  return {
    name: manifest.name,
    version: manifest.version,
    licence,
    home: homeOf(manifest),
    texts: texts.length > 0 ? texts : standardText(licence, manifest),
  };
}

/** One sentence for each package that must not be shipped. */
export function objectionsTo(all: readonly ThirdParty[]): readonly string[] {
  return all.flatMap(({ name, version, licence, texts }) => {
    const said = licence === '' ? 'names no licence' : `is licensed ${licence}`;
    if (!isAllowed(licence)) {
      return [
        `${name} ${version} ${said}: what is bundled has to be on the list in third-party.mts.`,
      ];
    }
    return texts.length > 0
      ? []
      : [`${name} ${version} ${said}, and its package holds no text of it that could be shipped.`];
  });
}

/** The whole of `THIRD_PARTY_NOTICES.txt`. */
export function noticesOf(all: readonly ThirdParty[]): string {
  const line = '-'.repeat(80);
  const entries = all
    .toSorted((one, other) => one.name.localeCompare(other.name, 'en'))
    .map(({ name, version, licence, home, texts }) =>
      [`${name} ${version}`, licence, ...(home === '' ? [] : [home]), '', texts.join('\n\n')].join(
        '\n',
      ),
    );
  const head =
    'Switchover is shipped with the following software of others, each under its own licence.';
  return `${[head, ...entries].join(`\n\n${line}\n\n`)}\n`;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  /** Old packages name it in an object. */
  readonly license?: string | { readonly type: string };
  /** Even older ones name several to choose from. */
  readonly licenses?: readonly { readonly type: string }[];
  readonly author?: string | { readonly name: string };
  readonly homepage?: string;
  readonly repository?: string | { readonly url: string };
}

function licenceOf({ license, licenses = [] }: Manifest): string {
  if (typeof license === 'string') return license;
  return license?.type ?? licenses.map(({ type }) => type).join(' OR ');
}

function homeOf({ homepage, repository }: Manifest): string {
  const url = typeof repository === 'string' ? repository : repository?.url;
  return homepage ?? url ?? '';
}

function standardText(licence: string, { name, author }: Manifest): readonly string[] {
  const text = standardTexts[licence];
  const owner = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
  return text === undefined ? [] : [`Copyright (c) ${owner}\n\n${text}`];
}

/** Of alternatives one is enough, of a sum all are needed; brackets of one expression inside another do not occur here. */
function isAllowed(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((sum) => sum.split(' AND ').every((it) => allowed.has(it.trim())));
}
