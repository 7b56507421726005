import * as z from 'zod';
import { settingsSchema } from './settings-schema.ts';

/** What `contributes.configuration` of the manifest says, and the English texts that its `%...%` stand for. */
export interface Manifest {
  readonly configuration: {
    readonly title: string;
    readonly properties: Readonly<Record<string, SettingSchema>>;
  };
  readonly texts: Readonly<Record<string, string>>;
}

/** One setting of the manifest: JSON schema, and where VS Code lets people write it. */
export interface SettingSchema {
  readonly [keyword: string]: unknown;
}

/** They run programs, so a workspace may not set them. */
const ofTheUserOnly: ReadonlySet<string> = new Set([
  'preFailoverProcesses',
  'postFailoverProcesses',
]);

/** Describes every setting for VS Code, from the same schemas that check them. */
export function manifestOf(): Manifest {
  const texts: Record<string, string> = {};
  const defaults: Readonly<Record<string, unknown>> = settingsSchema.parse({});
  const entries = Object.entries(settingsSchema.shape).map(([key, schema]) => {
    const name = `switchover.${key}`;
    const json = withoutTexts(schemaOf(schema), name, texts);
    const scope = ofTheUserOnly.has(key) ? { scope: 'machine' } : {};
    return [name, { ...Object(json), default: defaults[key], ...scope }] as const;
  });
  return { configuration: { title: 'Switchover', properties: Object.fromEntries(entries) }, texts };
}

function schemaOf(schema: z.ZodType): unknown {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return json;
}

/** The same schema with `%name.description%` for every description, which goes into `texts`. */
function withoutTexts(json: unknown, name: string, texts: Record<string, string>): unknown {
  if (Array.isArray(json)) return json.map((it) => withoutTexts(it, name, texts));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([keyword, value]: [string, unknown]) => {
      if (keyword === 'description' && typeof value === 'string') {
        texts[`${name}.description`] = value;
        return [keyword, `%${name}.description%`];
      }
      if (keyword === 'properties') return [keyword, propertiesOf(value, name, texts)];
      return [keyword, withoutTexts(value, name, texts)];
    }),
  );
}

function propertiesOf(value: unknown, name: string, texts: Record<string, string>): unknown {
  const entries: readonly [string, unknown][] = Object.entries(Object(value));
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, withoutTexts(inner, `${name}.${key}`, texts)]),
  );
}
