import type { SshQuestions, UnknownHost } from '../../config/ssh-questions.ts';
import type { Localizer } from '../../protocol/localizer.ts';
import type { Credentials } from '../users/credentials.ts';
import { sshSentences } from '../language/ssh-sentences.ts';
import { showInputBox, showWarningMessage } from '../ui/window.ts';

/** Asks in the editor what an SSH host needs to know: each question once, until the clusters are watched anew. */
export function editorSshQuestions(credentials: Credentials, words: Localizer): SshQuestions {
  const asked = new Map<string, Promise<string | undefined>>();
  return {
    trust: (host) => askTrust(host, words),
    async passphrase(keyFile, wasWrong) {
      const kept = wasWrong ? undefined : await credentials.readPassphrase(keyFile);
      if (kept !== undefined) return kept;
      const question = `${keyFile} ${String(wasWrong)}`;
      const answer = asked.get(question) ?? askPassphrase(keyFile, wasWrong, words);
      asked.set(question, answer);
      const told = await answer;
      if (told === undefined) return undefined;
      // Another wrong one is asked for again.
      asked.delete(question);
      await credentials.keepPassphrase(keyFile, told);
      return told;
    },
  };
}

async function askTrust(host: UnknownHost, words: Localizer): Promise<boolean> {
  const { hasOtherKeys, keyType: type, port, file, fingerprint } = host;
  const sentence = hasOtherKeys ? sshSentences.hostOtherKey : sshSentences.hostUnknown;
  const values = { host: host.host, port, type, fingerprint };
  const trust = words.t(sshSentences.trustAndConnect);
  const detail = words.t(sshSentences.hostDetail, { file });
  const text = `${words.t(sentence, values)} ${detail}`;
  return (await showWarningMessage(text, trust)) === trust;
}

async function askPassphrase(
  file: string,
  wasWrong: boolean,
  words: Localizer,
): Promise<string | undefined> {
  const enter = words.t(sshSentences.enterPassphrase);
  const sentence = wasWrong ? sshSentences.passphraseWrong : sshSentences.passphraseNeeded;
  const text = words.t(sentence, { file });
  if ((await showWarningMessage(text, enter)) !== enter) return undefined;
  return showInputBox({
    title: words.t(sshSentences.passphraseTitle, { file }),
    placeHolder: words.t(sshSentences.passphrasePlaceholder),
    password: true,
    ignoreFocusOut: true,
  });
}
