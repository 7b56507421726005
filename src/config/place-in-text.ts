/**
 * Offset of what a settings file says at a path such as `clusters[1].seeds[0]`, or of the last part of the way that is
 * there; 0 where nothing of it is.
 */
export function offsetOf(text: string, path: string): number {
  const [first = '', ...rest] = partsOf(path);
  const parts = [`switchover.${String(first)}`, ...rest];
  const found = parts.map((_part, at) => findIn(text, parts.slice(0, at + 1)));
  return found.findLast((it) => it !== undefined) ?? 0;
}

/** `clusters[1]["db-1"]` -> `clusters`, 1, `db-1`. */
function partsOf(path: string): readonly (string | number)[] {
  const parts = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
  return [...parts].map(([, index, quoted, name]) =>
    index === undefined ? (quoted ?? name ?? '') : Number(index),
  );
}

type Path = readonly (string | number)[];

interface Scope {
  readonly isList: boolean;
  /** Where we are in it: the key that was read last, or the index. */
  key: string | number;
  expectsKey: boolean;
}

const tokens = /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|[{}[\],:]|[^\s{}[\],:"/]+/g;

/** Where a key begins, or a value of a list. Comments, trailing commas and broken parts are passed over, as the editor does. */
function findIn(text: string, wanted: Path): number | undefined {
  const want = JSON.stringify(wanted);
  const scopes: Scope[] = [];
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (/^\/[/*]/.test(token)) continue;
    const scope = scopes.at(-1);
    const isPlace = scope !== undefined && arrivesAt(scope, token);
    if (isPlace && JSON.stringify(scopes.map((it) => it.key)) === want) return index;
    goOn(scopes, token);
  }
  return undefined;
}

/** True for a key of an object, and for a value of a list. */
function arrivesAt(scope: Scope, token: string): boolean {
  if (scope.isList) return token !== ',' && token !== ']';
  if (!scope.expectsKey || !token.startsWith('"')) return false;
  scope.key = token.slice(1, -1);
  scope.expectsKey = false;
  return true;
}

function goOn(scopes: Scope[], token: string): void {
  const scope = scopes.at(-1);
  if (token === '{') scopes.push({ isList: false, key: '', expectsKey: true });
  else if (token === '[') scopes.push({ isList: true, key: 0, expectsKey: false });
  else if (token === '}' || token === ']') scopes.pop();
  else if (token === ',' && scope !== undefined) {
    scope.expectsKey = !scope.isList;
    if (typeof scope.key === 'number') scope.key += 1;
  }
}
