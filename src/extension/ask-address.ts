import { readAddress } from '../config/address.ts';
import type { Words } from '../protocol/words.ts';
import { accessSentences } from './access-sentences.ts';
import { askText } from './dialogs.ts';

/** Asks for `host:port`, whole; undefined: the person changed their mind. */
export async function askAddress(title: string, { t }: Words): Promise<string | undefined> {
  const text = await askText({
    title,
    prompt: t(accessSentences.addressPrompt),
    objection: (typed) => {
      const read = readAddress(typed);
      return read.kind === 'read' ? undefined : read.because;
    },
  });
  const read = text === undefined ? undefined : readAddress(text);
  return read?.kind === 'read' ? read.key : undefined;
}
