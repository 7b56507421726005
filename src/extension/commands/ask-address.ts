import { readAddress } from '../../config/address.ts';
import type { Localizer } from '../../protocol/localizer.ts';
import { accessSentences } from '../language/access-sentences.ts';
import { askText } from '../ui/dialogs.ts';

/** Asks for `host:port`, whole; undefined: the person changed their mind. */
export async function askAddress(title: string, { t }: Localizer): Promise<string | undefined> {
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
