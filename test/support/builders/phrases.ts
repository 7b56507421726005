import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const source = fileURLToPath(new URL('../../../src/', import.meta.url));

export interface WrittenPhrases {
  /** The template of every call of `phrase`, once. */
  readonly texts: readonly string[];
  /** Calls whose template is computed, so that nobody could translate it: `file: call`. */
  readonly computed: readonly string[];
}

/** Every phrase that the product can say, read from its own code. */
export function writtenPhrases(): WrittenPhrases {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
  const calls = files.filter((it) => it.endsWith('.ts')).flatMap(phrasesIn);
  return {
    texts: [...new Set(calls.flatMap((it) => it.text ?? []))],
    computed: calls.filter((it) => it.text === undefined).map((it) => it.call),
  };
}

interface Call {
  readonly text: string | undefined;
  readonly call: string;
}

function phrasesIn(name: string): readonly Call[] {
  const text = readFileSync(join(source, name), 'utf8');
  if (!text.includes('phrase(')) return [];
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const calls: Call[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(file) === 'phrase') {
      const [first] = node.arguments;
      calls.push({
        text: first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined,
        call: `${name}: ${node.getText(file)}`,
      });
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return calls;
}
