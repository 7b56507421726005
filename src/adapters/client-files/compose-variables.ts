type Environment = Readonly<Record<string, string | undefined>>;

/** A name, as far as one stands at a place. */
const nameHere = /\w+/y;

/** What stands at a place of the text, and where the text goes on behind it. */
interface Piece {
  readonly text: string;
  readonly end: number;
}

/**
 * Fills in variables as compose does: `$NAME`, `${NAME}`, `${NAME:-default}`; a dollar that is written twice is one. What is
 * no variable stays as it is. The time grows with the length alone, whatever is written: the file may be anybody's.
 */
export function fillVariables(text: string, environment: Environment): string {
  const parts: string[] = [];
  // Behind the last brace that closes no expression ends.
  const lastBrace = text.lastIndexOf('}');
  let at = 0;
  for (let dollar = text.indexOf('$'); dollar !== -1; dollar = text.indexOf('$', at)) {
    const piece =
      text[dollar + 1] === '{'
        ? bracedAt(text, dollar, lastBrace, environment)
        : bareAt(text, dollar, environment);
    parts.push(text.slice(at, dollar), piece.text);
    at = piece.end;
  }
  return parts.join('') + text.slice(at);
}

function bareAt(text: string, dollar: number, environment: Environment): Piece {
  if (text[dollar + 1] === '$') {
    return { text: '$', end: dollar + 2 };
  }
  const name = nameAt(text, dollar + 1);
  return name === ''
    ? { text: '$', end: dollar + 1 }
    : { text: environment[name] ?? '', end: dollar + 1 + name.length };
}

function bracedAt(
  text: string,
  dollar: number,
  lastBrace: number,
  environment: Environment,
): Piece {
  const name = nameAt(text, dollar + 2);
  const from = dollar + 2 + name.length;
  const operator = operatorAt(text, from);
  if (name === '' || operator === undefined || from > lastBrace) {
    return { text: '$', end: dollar + 1 };
  }
  // Everything up to there is read now, and never again.
  const brace = text.indexOf('}', from);
  const other = operator.endsWith('-') ? text.slice(from + operator.length, brace) : '';
  return { text: environment[name] ?? other, end: brace + 1 };
}

/** `-`, `?` or `+`, each with a colon before it or without; empty at the closing brace; undefined for anything else. */
function operatorAt(text: string, place: number): string | undefined {
  const colon = text[place] === ':' ? ':' : '';
  const letter = text[place + colon.length];
  if (letter === '-' || letter === '?' || letter === '+') return colon + letter;
  return colon === '' && letter === '}' ? '' : undefined;
}

function nameAt(text: string, place: number): string {
  nameHere.lastIndex = place;
  return nameHere.exec(text)?.[0] ?? '';
}
