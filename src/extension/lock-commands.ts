import * as vscode from 'vscode';
import { statementWords, type HeldLock } from '../core/model/lock-answer.ts';
import { spell } from '../protocol/words.ts';
import { signalOf } from './cancellation.ts';
import { chooseCluster, type Desk } from './desk.ts';
import { askChoice, type Choice } from './dialogs.ts';
import { lockSentences } from './lock-sentences.ts';
import { showInformationMessage, withProgress } from './window.ts';

/** A person chooses which session that holds a recovery lock is ended; the plan names it before it runs. */
export async function endLockHolder(desk: Desk, argument: unknown): Promise<void> {
  const watched = await chooseCluster(desk, argument);
  if (watched === undefined) return;
  const cluster = watched.settings.id;
  const { t } = desk.words;
  const held = await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: t(lockSentences.asking, { cluster }),
      cancellable: true,
    },
    (_, token) => watched.backend.locks(signalOf(token)),
  );
  if (held.length === 0) {
    void showInformationMessage(t(lockSentences.none, { cluster }));
    return;
  }
  const chosen = await askChoice(
    cluster,
    t(lockSentences.pick, { cluster }),
    held.map((it) => choiceOf(it, desk)),
  );
  if (chosen === undefined) return;
  const { instance, holder } = chosen;
  await desk.panels.propose(cluster, {
    kind: 'end-session',
    instance,
    session: holder.session,
  });
}

function choiceOf(held: HeldLock, { words }: Desk): Choice<HeldLock> {
  const { instance, holder, process } = held;
  const { session, user, client, sameForSeconds: seconds, mayChangeReplication, runs } = holder;
  const whose =
    process === null
      ? words.t(mayChangeReplication === false ? lockSentences.noRights : lockSentences.mayBeOther)
      : words.t(lockSentences.ofProcess, { process });
  return {
    label: words.t(lockSentences.session, { session, user, instance }),
    icon: 'lock',
    description: words.t(lockSentences.from, { client, seconds }),
    detail: `${whose} · ${spell(statementWords(runs), words)}`,
    value: held,
  };
}
