import {
  accepted,
  noKey,
  passingKey,
  type ServerKey,
  type ShownKey,
} from '../../core/model/server-key.ts';
import type { Localizer } from '../../protocol/localizer.ts';
import { keySentences as sentences } from '../language/key-sentences.ts';

export interface KeyQuestion {
  readonly title: string;
  readonly detail: string;
  readonly accept: string;
}

/** Shows both keys, so that a person can compare them with the certificate on the server. */
export function keyQuestion({ address, key, offered }: ServerKey, { t }: Localizer): KeyQuestion {
  const wordFor = (shown: ShownKey): string =>
    shown === passingKey ? t(sentences.passing) : shown;
  const before = t(sentences.before, { key: wordFor(key) });
  return offered === noKey
    ? {
        title: t(sentences.titleNone, { address }),
        detail: [before, '', t(sentences.plain)].join('\n'),
        accept: t(sentences.acceptNone),
      }
    : {
        title: t(sentences.title, { address }),
        detail: [
          before,
          t(sentences.now, { key: wordFor(offered ?? key) }),
          '',
          t(sentences.compare),
        ].join('\n'),
        accept: t(sentences.accept),
      };
}

/** The part of the journal that keeps keys. */
interface Keys {
  serverKeys(cluster: string): readonly ServerKey[];
  putServerKey(cluster: string, key: ServerKey): void;
  forgetServerKey(cluster: string, address: string): boolean;
}

/** The keys that wait for a person, of one address or of all. */
export function offeredKeys(
  store: Keys | undefined,
  cluster: string,
  address: string | undefined,
): readonly ServerKey[] {
  const changed = (store?.serverKeys(cluster) ?? []).filter((it) => it.offered !== null);
  return address === undefined ? changed : changed.filter((it) => it.address === address);
}

/** Accepts the very key that was shown; false where the server shows another one by now. */
export function acceptShown(store: Keys, cluster: string, shown: ServerKey, at: number): boolean {
  const [now] = offeredKeys(store, cluster, shown.address);
  if (now?.offered !== shown.offered || now.key !== shown.key) return false;
  const next = accepted(now, at);
  if (next === null) store.forgetServerKey(cluster, now.address);
  else store.putServerKey(cluster, next);
  return true;
}
