/** What cannot be said now is said in a moment: undefined instead of an error. */
export function orUndefined<Value>(ask: () => Value): Value | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** Tells every listener; one that fails stops neither the others nor a plan that runs. */
export function tellAll<Told>(
  listeners: Iterable<(told: Told) => void>,
  told: Told,
  failed: (error: unknown) => void,
): void {
  for (const listener of listeners) {
    try {
      listener(told);
    } catch (error) {
      failed(error);
    }
  }
}
