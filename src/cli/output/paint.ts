import { randomUUID } from 'node:crypto';
import { oneLine } from '../../core/model/shown-text.ts';

export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

/** Colours a text, or leaves it. */
export type Paint = (colour: Colour, text: string) => string;

/** How one line reaches a terminal or a file. */
export interface Pen {
  readonly paint: Paint;
  /** A line in which nothing but our own colours is a command to a terminal. */
  readonly line: (text: string) => string;
}

const codes: Record<Colour, readonly [number, number]> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export const plain: Pen = { paint: (_, text) => text, line: oneLine };

/** Colours are marked by a word that no text from outside can know, and become escape sequences last. */
export function coloured(): Pen {
  const word = randomUUID();
  const mark = (code: number): string => `{${word}:${String(code)}}`;
  const marks = new RegExp(String.raw`\{${word}:(\d+)\}`, 'g');
  return {
    paint: (colour, text) => {
      const [on, off] = codes[colour];
      return `${mark(on)}${text}${mark(off)}`;
    },
    line: (text) => oneLine(text).replaceAll(marks, '\u001B[$1m'),
  };
}
