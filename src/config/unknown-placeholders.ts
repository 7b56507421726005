import { placeholders, placeholdersIn } from '../core/model/placeholder.ts';
import { nearestWord } from './nearest-word.ts';

/** What is wrong with the placeholders of one argument, one half sentence for each that is not known. */
export function unknownPlaceholders(argument: string): readonly string[] {
  return placeholdersIn(argument)
    .filter((it) => !placeholders.includes(it))
    .map((it) => {
      const near = nearestWord(it, placeholders);
      return near === undefined
        ? `{${it}} is not a known placeholder`
        : `{${it}} is not a known placeholder; did you mean {${near}}?`;
    });
}
