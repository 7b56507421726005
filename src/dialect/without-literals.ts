import { carriesSecret } from './secret-statement.ts';

/**
 * What a client's statement does and to which table, without any value in it: a record keeps no data of applications.
 * Numbers become `?`, and it ends where the first text begins: which quote ends a text depends on the SQL mode of that
 * session, which nobody sees. Comments are left out.
 */
export function withoutLiterals(statement: string): string {
  const text = withoutLeadingComments(statement);
  const [shown = ''] = text.split(/['"#]|--|\/\*/, 1);
  const words = shown
    .replaceAll(/(?<![\w$`])\d[\w.]*/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const said = carriesSecret(text) ? (/^\w+(?: \w+)?/.exec(words)?.[0] ?? '') : words;
  const isWhole = shown === text && said === words;
  return isWhole ? said : `${said} ...`.trimStart();
}

function withoutLeadingComments(statement: string): string {
  let rest = statement.trim();
  while (rest.startsWith('/*')) {
    const end = rest.indexOf('*/', 2);
    if (end === -1) return '';
    rest = rest.slice(end + 2).trimStart();
  }
  return rest;
}
