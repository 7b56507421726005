import * as vscode from 'vscode';
import type { Access } from '../../wiring/engine.ts';
import type { RunResult } from '../../core/backend.ts';
import { accountName, type DatabaseUser } from '../../core/model/database-user.ts';
import { stepsOf, type Decision, type Plan, type Wish } from '../../core/model/plan.ts';
import { spell } from '../../protocol/localizer.ts';
import { accessSentences } from '../language/access-sentences.ts';
import { signalOf } from '../engine/cancellation.ts';
import { askText } from '../ui/dialogs.ts';
import { openAccess } from '../engine/open-access.ts';
import type { UserContext } from './user-context.ts';
import { userQuestion } from './user-plan-text.ts';
import {
  showErrorMessage,
  showInformationMessage,
  showWarningMessage,
  withProgress,
} from '../ui/window.ts';

interface Settling extends UserContext {
  readonly admin: { readonly user: string; readonly password: string };
  readonly user: DatabaseUser;
  readonly password: string;
}

const planMs = 30_000;

/** Plans, shows every statement, and runs them where the person says so. False: nothing was made, and that is told. */
export async function settleUser(settling: Settling): Promise<boolean> {
  const { context, cluster, admin, password } = settling;
  const access = await openAccess(context, {
    cluster,
    login: admin,
    newPassword: password,
    confirmed: settling.confirmed,
    on: settling.on,
    records: true,
  });
  try {
    const plan = await planFor(access, settling);
    if (plan === undefined || !(await confirms(plan, settling))) return false;
    return await perform(access, plan, settling);
  } finally {
    access.close();
  }
}

/** One that exists is made anew only when the person says so. */
async function planFor(access: Access, settling: Settling): Promise<Plan | undefined> {
  const { context, user } = settling;
  const { t } = context.words;
  const asked = await planOf(access, settling, false);
  if (asked.kind === 'act') return asked.plan;
  const anew = await planOf(access, settling, true);
  if (anew.kind === 'act' && altersFirst(anew.plan)) {
    const yes = t(accessSentences.userAnew);
    const values = { account: accountName(user), instance: anew.plan.subject };
    const question = t(accessSentences.userExists, values);
    const chosen = await showWarningMessage(question, { modal: true }, yes);
    return chosen === yes ? anew.plan : undefined;
  }
  const { because, instead } = asked.refusal;
  const says = [...because, ...instead].map((it) => spell(it, context.words)).join(' ');
  void showErrorMessage(t(accessSentences.userRefused, { because: says }));
  return undefined;
}

async function planOf(access: Access, { user, on }: Settling, anew: boolean): Promise<Decision> {
  const signal = AbortSignal.timeout(planMs);
  const { topology } = access.backend.current() ?? (await access.backend.refresh(signal));
  const instance = on ?? topology.master ?? topology.members[0]?.key ?? '';
  const wish: Wish = { kind: 'create-user', instance, user, anew };
  return access.backend.plan(wish, signal);
}

function altersFirst(plan: Plan): boolean {
  const [first] = stepsOf(plan);
  return first?.action.do === 'create-user' && first.action.how === 'alter';
}

/** Shows the statements; in production the cluster's name must be typed too. */
async function confirms(
  plan: Plan,
  { context, admin, cluster, isDraft }: Settling,
): Promise<boolean> {
  const { t } = context.words;
  const question = userQuestion(plan, context.words);
  if (question === undefined) return false;
  const run = t(accessSentences.runAs, { admin: admin.user });
  const copy = t(accessSentences.copyStatements);
  const options = { modal: true, detail: question.detail };
  const chosen = await showInformationMessage(question.title, options, run, copy);
  if (chosen === copy) {
    await vscode.env.clipboard.writeText(question.copy);
    void showInformationMessage(t(accessSentences.statementsCopied));
  }
  if (chosen !== run) return false;
  if (isDraft || cluster.environment !== 'production') return true;
  const prompt = t(accessSentences.userTypeCluster, { cluster: cluster.id });
  return (await askText({ title: question.title, prompt })) === cluster.id;
}

async function perform(access: Access, plan: Plan, settling: Settling): Promise<boolean> {
  const { context, user } = settling;
  const title = context.words.t(accessSentences.userCreating, { account: accountName(user) });
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const result = await withProgress(options, (_, token) =>
    context.watch.during(access.backend.run(plan, signalOf(token))),
  );
  return tell(result, plan, settling);
}

/** Whether the account is there, at least on the master. */
function tell(result: RunResult, plan: Plan, { context, user, isDraft }: Settling): boolean {
  const { words } = context;
  const account = accountName(user);
  if (result.kind === 'refused') {
    const because = [...result.because, ...result.instead].map((it) => spell(it, words)).join(' ');
    void showErrorMessage(words.t(accessSentences.userRefused, { because }));
    return false;
  }
  const { state } = result.recovery;
  const problems = result.recovery.problems.map((it) => spell(it, words)).join(' ');
  if (state === 'succeeded') {
    const count = stepsOf(plan).filter((it) => it.action.do === 'verify-user').length;
    const done = isDraft ? accessSentences.userMade : accessSentences.userCreated;
    const text = words.t(done, { account, count });
    void showInformationMessage(text);
    return true;
  }
  const isThere = state === 'partial';
  const sentence = isThere ? accessSentences.userCreatedPartly : accessSentences.userFailed;
  void showErrorMessage(words.t(sentence, { account, problems }));
  return isThere;
}
