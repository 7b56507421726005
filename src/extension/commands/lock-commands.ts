import * as vscode from 'vscode';
import { statementWords, type HeldLock } from '../../core/model/lock-answer.ts';
import { spell } from '../../protocol/localizer.ts';
import { signalOf } from '../engine/cancellation.ts';
import { chooseCluster, type CommandContext } from './command-context.ts';
import { askChoice, type Choice } from '../ui/dialogs.ts';
import { lockSentences } from '../language/lock-sentences.ts';
import { showInformationMessage, withProgress } from '../ui/window.ts';

/** A person chooses which session that holds a recovery lock is ended; the plan names it before it runs. */
export async function endLockHolder(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return;
  const cluster = watched.settings.id;
  const { t } = context.words;
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
    held.map((it) => choiceOf(it, context)),
  );
  if (chosen === undefined) return;
  const { instance, holder } = chosen;
  await context.panels.propose(cluster, {
    kind: 'end-session',
    instance,
    session: holder.session,
  });
}

function choiceOf(held: HeldLock, { words }: CommandContext): Choice<HeldLock> {
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
    detail: `${whose} · ${words.t(lockSentences.runs, { statement: spell(statementWords(runs), words) })}`,
    value: held,
  };
}
