/** The first object in the list called `name` of an object; empty when there is none. */
export function oneOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  return objectsIn(partOf(value, name))[0] ?? {};
}

/** The objects of a list; empty when it is no list. */
export function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value)
    ? value.filter((it): it is Record<string, unknown> => isObject(it))
    : [];
}

export function partOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
