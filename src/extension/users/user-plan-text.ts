import { accountName } from '../../core/model/database-user.ts';
import { stepsOf, type Plan, type Step } from '../../core/model/plan.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';
import { accessSentences } from '../language/access-sentences.ts';

/** The last question before a user is made. */
export interface UserQuestion {
  readonly title: string;
  /** Every statement, the password starred, by instance. */
  readonly detail: string;
  /** The same for whoever runs them: a placeholder stands for the password. */
  readonly copy: string;
  readonly account: string;
}

/** Made from the very plan that will run. */
export function userQuestion(plan: Plan, { t, ...words }: Localizer): UserQuestion | undefined {
  const steps = stepsOf(plan);
  const making = steps.filter((it) => it.action.do === 'create-user');
  const [first] = making;
  if (first?.action.do !== 'create-user') return undefined;
  const account = accountName(first.action.user);
  const sentence =
    first.action.how === 'alter' ? accessSentences.userAnewQuestion : accessSentences.userQuestion;
  const looked = steps.filter((it) => it.action.do === 'verify-user').map((it) => it.on);
  const warnings = plan.checks
    .filter((it) => it.verdict === 'warning')
    .map((it) => `! ${spell(it.says, { t, ...words })}: ${spell(it.measured, { t, ...words })}`);
  return {
    account,
    title: t(sentence, { account, instance: plan.subject }),
    detail: [
      ...making.map((it) => `${heading(it, { t })}\n${it.sql.map((sql) => `${sql};`).join('\n')}`),
      t(accessSentences.lookedFor, { instances: looked.join(', ') }),
      ...warnings,
    ].join('\n\n'),
    copy: making.map((it) => `-- ${heading(it, { t })}\n${withPlaceholder(it.sql)}`).join('\n\n'),
  };
}

function heading({ action, on }: Step, { t }: Localizer): string {
  const alone = action.do === 'create-user' && action.alone;
  return t(alone ? accessSentences.statementsAlone : accessSentences.statementsOn, {
    instance: on,
  });
}

function withPlaceholder(statements: readonly string[]): string {
  return statements
    .map((it) => it.replace("VIA mysql_native_password USING '***'", "BY '***'"))
    .map((it) => `${it.replaceAll("'***'", "'<password>'")};`)
    .join('\n');
}
