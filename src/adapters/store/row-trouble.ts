/** Where to tell what cannot be read. */
export interface RowTrouble {
  /** `id`: of the record that cannot be read. `says`: one sentence. */
  setAside(id: string, says: string): void;
}

/** Undefined when the text is no JSON, which no schema takes. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
