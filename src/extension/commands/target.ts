import { partOf } from '../engine/json-parts.ts';

/** What a command is about; a part that is not known is asked for. */
export interface Target {
  readonly cluster: string | undefined;
  readonly instance: string | undefined;
}

/** Reads the argument of a menu: a row of the tree, the context of a card in the panel, or nothing from the palette. */
export function targetOf(argument: unknown): Target {
  return { cluster: textOf(argument, 'cluster'), instance: textOf(argument, 'instance') };
}

function textOf(argument: unknown, name: string): string | undefined {
  const value = partOf(argument, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
