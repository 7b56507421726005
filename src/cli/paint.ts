export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

/** Colours a text, or leaves it. */
export type Paint = (colour: Colour, text: string) => string;

const codes: Record<Colour, readonly [number, number]> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export const plain: Paint = (_, text) => text;

export const coloured: Paint = (colour, text) => {
  const [on, off] = codes[colour];
  return `\u001B[${String(on)}m${text}\u001B[${String(off)}m`;
};
