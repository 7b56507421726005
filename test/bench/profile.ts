import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
});
const shown = 30;

/** Prints where the time of a profile went that is not idle: by source file or package, and by function. */
export async function tellProfile(file: string, program: string): Promise<void> {
  const { nodes, samples } = profileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const files = filesOf(await readFile(program, 'utf8'));
  const places = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const from = url.endsWith('cli.js') ? (files[lineNumber] ?? url) : url || '(engine)';
      return [id, { file: from, name: `${functionName || '(anonymous)'} ${from}` }];
    }),
  );
  const busy = samples
    .flatMap((it) => places.get(it) ?? [])
    .filter((it) => !/^\((idle|root)\)/.test(it.name));
  for (const [title, of] of [
    ['by file', busy.map((it) => it.file)],
    ['by function', busy.map((it) => it.name)],
  ] as const) {
    console.log(`  ${title}, in % of what is not idle:`);
    for (const [name, count] of counted(of).slice(0, shown)) {
      console.log(`    ${((100 * count) / busy.length).toFixed(1).padStart(5)}  ${name}`);
    }
  }
}

/** Which source each line of a bundle came from: esbuild writes its path before it. */
function filesOf(bundle: string): readonly string[] {
  let file = '';
  return bundle.split('\n').map((line) => {
    file = /^\s*\/\/ ((?:\.\.\/)*(?:src|node_modules)\/\S+)$/.exec(line)?.[1] ?? file;
    return file;
  });
}

function counted(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const it of names) counts.set(it, (counts.get(it) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one);
}
