import { createConnection, type Connection, type FieldPacket } from 'mysql2/promise';
import { z } from 'zod';
import { testUsers } from '../../servers/test-cluster.ts';

/** What a real server answered to one statement; all values as text. */
export type Learnt =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly errno: number; readonly says: string }
  | {
      readonly kind: 'rows';
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly (string | null)[])[];
    };

interface Column {
  readonly name: string;
  readonly type: number;
  readonly charset: number;
  readonly length: number;
  readonly flags: number;
}

const texts = z.array(z.array(z.string().nullable()));
const column = z.object({
  name: z.string(),
  columnType: z.number(),
  characterSet: z.number(),
  columnLength: z.number(),
  flags: z.number(),
});

/** A real server whose answers are recorded once and said by many. */
export class Twin {
  readonly #port: number;
  readonly #known = new Map<string, Promise<Learnt>>();
  #connection: Promise<Connection> | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  answer(sql: string): Promise<Learnt> {
    const known = this.#known.get(sql) ?? this.#ask(sql);
    this.#known.set(sql, known);
    return known;
  }

  async close(): Promise<void> {
    (await this.#connection)?.destroy();
  }

  async #ask(sql: string): Promise<Learnt> {
    this.#connection ??= createConnection({
      host: '127.0.0.1',
      port: this.#port,
      ...testUsers.monitor,
    });
    const connection = await this.#connection;
    try {
      const [rows, fields] = await connection.query({
        sql,
        rowsAsArray: true,
        typeCast: (field) => field.string(),
      });
      return Array.isArray(rows)
        ? { kind: 'rows', columns: fields.map(columnOf), rows: texts.parse(rows) }
        : { kind: 'done' };
    } catch (error) {
      const known = z.object({ errno: z.number(), message: z.string() }).parse(error);
      return { kind: 'failed', errno: known.errno, says: known.message };
    }
  }
}

function columnOf(field: FieldPacket): Column {
  const { name, columnType, characterSet, columnLength, flags } = column.parse({
    name: field.name,
    columnType: Reflect.get(field, 'columnType'),
    characterSet: Reflect.get(field, 'characterSet'),
    columnLength: Reflect.get(field, 'columnLength'),
    flags: Reflect.get(field, 'flags'),
  });
  return { name, type: columnType, charset: characterSet, length: columnLength, flags };
}
